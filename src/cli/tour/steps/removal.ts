import type { Scene } from '../scene.ts';
import type { Step } from '../step.ts';

/** Removes everything; `linksBefore` are the names of the host's links before the tour began. */
export const removal = (linksBefore: readonly string[]): Step => ({
  title: 'Remove everything',
  why: [
    "A cable goes when one of its ends goes, and a container's end goes with its namespace.",
    'The engine takes away exactly what it made; every other link and rule of the host stays as it was.',
  ],
  async play(scene) {
    const { containers, networks } = scene.made;
    const gone = await scene.portolan('rm', '-f', ...containers);
    await scene.say.check(gone.code === 0, 'the containers are gone');
    if (networks.length > 0) {
      const removed = await scene.portolan('network', 'rm', ...networks);
      await scene.say.check(removed.code === 0, `the networks are gone: ${networks.join(', ')}`);
    }
    const clean = await scene.eventually(async () => (await leftOver(scene, linksBefore)).length === 0);
    await scene.tool('ip', '-br', 'link', 'show');
    const left = clean ? [] : await leftOver(scene, linksBefore);
    await scene.say.check(
      clean,
      clean ? 'the host has the links that it had before' : `left behind: ${left.join(', ')}`,
    );
    scene.forget();
  },
});

/** Cables and bridges that were not there before. */
async function leftOver(scene: Scene, before: readonly string[]): Promise<readonly string[]> {
  return (await scene.links()).map(({ ifname }) => ifname).filter((name) => !before.includes(name));
}
