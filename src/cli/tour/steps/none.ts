import type { Step } from '../step.ts';

/** Study notes 1.9 (1), 1.10 (1): a container with loopback alone. */
export const none: Step = {
  title: 'A container without a network: --network none',
  why: [
    'It has a network namespace, and nothing in it but loopback: no cable, no bridge, no route.',
    'Programs that need no network run so, and network plugins that put their own links into an empty namespace.',
  ],
  async play(scene) {
    const name = scene.name('none1');
    const before = (await scene.links()).length;
    await scene.run('none1', '-itd', '--network', 'none', '--name', name, scene.image);
    const links = await scene.exec('none1', 'ip', '-o', 'link', 'show');
    await scene.say.check(/^\d+: lo:[^\n]*\n$/.test(links.output), `the only interface of ${name} is lo`);
    const routes = await scene.exec('none1', 'ip', 'route', 'show');
    await scene.say.check(routes.code === 0 && routes.output === '', 'its routing table is empty');
    await scene.say.check((await scene.links()).length === before, 'the host has no link more');
    const refused = await scene.portolan('network', 'connect', scene.name('isolated_nw'), name);
    await scene.say.check(refused.code !== 0 && /none/.test(refused.output), 'it cannot join another network');
  },
};
