import type { Step } from '../step.ts';

/** Study notes 1.8: `docker network connect bridge test3`. */
export const connect: Step = {
  title: 'Connect test3 to the default bridge while it runs',
  why: [
    'A container may be on several networks: each gives it one more interface, here eth1, without a restart.',
    'test3 now is on the same bridge as test2; on isolated_nw nothing has changed.',
  ],
  async play(scene) {
    const [test2, test3] = [scene.name('test2'), scene.name('test3')];
    const before = (await scene.links()).length;
    const done = await scene.portolan('network', 'connect', 'bridge', test3);
    await scene.say.check(done.code === 0, 'the engine has connected it');
    const { output } = await scene.portolan('exec', test3, 'ip', '-o', '-4', 'addr', 'show');
    await scene.say.check(/\beth1\b/.test(output), `${test3} has a second interface, eth1`);
    const links = await scene.links();
    await scene.say.check(links.length === before + 1, `the host has one link more: ${links.at(-1)?.ifname}`);
    const address = await scene.address('test2', 'bridge');
    const ping = await scene.portolan('exec', test3, 'ping', '-c', '1', '-W', '2', address);
    await scene.say.check(ping.code === 0, `${test3} reaches ${test2} now`);
  },
};
