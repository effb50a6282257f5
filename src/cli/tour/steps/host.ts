import { readlinkSync } from 'node:fs';
import type { Step } from '../step.ts';

/** Study notes 1.9 (2), 1.10 (2): a container in the host's own network. */
export const host: Step = {
  title: "A container in the host's own network: --network host",
  why: [
    'There is no namespace of its own: its sockets are those of the host, so no port needs publishing, nor can be.',
    'Two programs then cannot listen on one port, and nothing keeps the container from what the host can reach.',
  ],
  async play(scene) {
    const name = scene.name('host1');
    await scene.run('host1', '-itd', '--network', 'host', '--name', name, scene.image);
    const inside = await scene.exec('host1', 'ip', '-o', 'link', 'show');
    const outside = await scene.tool('ip', '-br', 'link', 'show');
    const names = (output: string, line: RegExp): string =>
      [...output.matchAll(line)]
        .map(([, link]) => link)
        .sort()
        .join(' ');
    await scene.say.check(
      names(inside.output, /^\d+: ([^:@]+)/gm) === names(outside.output, /^([^\s@]+)/gm),
      `${name} and the host have the same interfaces`,
    );
    const [its, ours] = [await scene.exec('host1', 'ip', 'route', 'show'), await scene.tool('ip', 'route', 'show')];
    await scene.say.check(routes(its.output) === routes(ours.output), `${name} and the host have the same routes`);
    const path = `/proc/${await scene.pid('host1')}/ns/net`;
    const own = await scene.host.run(['readlink', '/proc/self/ns/net']);
    await scene.say.check(readlinkSync(path) === own.output.trim(), 'both are in the same network namespace');
  },
};

/** Destination and link of each; the two programs word the rest differently. */
function routes(output: string): string {
  const lines = output.split('\n').filter(Boolean);
  return lines
    .map((line) => `${line.split(' ')[0]} ${/\bdev (\S+)/.exec(line)?.[1]}`)
    .sort()
    .join('\n');
}
