import type { Step } from '../step.ts';

/** Study notes 1.5, 1.8 (1). */
export const twoContainers: Step = {
  title: 'Two containers on the default bridge see each other',
  why: [
    'Each container has its own network namespace: interfaces, routes and sockets that no other container has.',
    'Both are ports of one Linux bridge, which forwards their frames to each other like a switch (layer 2).',
  ],
  async play(scene) {
    await scene.run('test1', '-itd', '--name', scene.name('test1'), scene.image);
    await scene.run('test2', '-itd', '--name', scene.name('test2'), scene.image);
    await scene.portolan('exec', scene.name('test1'), 'ip', '-o', '-4', 'addr', 'show');
    const address = await scene.address('test2', 'bridge');
    const ping = await scene.portolan('exec', scene.name('test1'), 'ping', '-c', '1', '-W', '2', address);
    await scene.say.check(ping.code === 0, `${scene.name('test1')} reaches ${scene.name('test2')} at ${address}`);
  },
};
