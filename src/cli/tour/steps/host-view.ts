import { readlinkSync } from 'node:fs';
import type { Link, Scene } from '../scene.ts';
import type { Step } from '../step.ts';

/** Study notes 1.5, 1.8: "@if4" and the bridge's ports. */
export const hostView: Step = {
  title: 'What the host sees: namespaces, cable ends, bridge ports',
  why: [
    'A veth pair is a cable: one end is eth0 in the container, the other is a port of the bridge on the host.',
    '"@ifN" names the other end by its interface index, which counts in the namespace of that other end.',
  ],
  async play(scene) {
    await namespaces(scene);
    const links = await scene.links();
    const outer: Link[] = [];
    for (const name of ['test1', 'test2']) outer.push(await otherEnd(scene, name, links));
    const names = outer.map(({ ifname }) => ifname);
    await scene.toolLines(new RegExp(names.join('|')), 'ip', '-br', 'link', 'show', 'type', 'veth');
    await scene.toolLines(new RegExp(names.join('|')), 'bridge', 'link', 'show');
    const [first, second] = outer;
    await scene.say.check(
      first?.master !== undefined && first.master === second?.master,
      `both cables, ${names.join(' and ')}, end in the bridge ${first?.master}`,
    );
  },
};

async function namespaces(scene: Scene): Promise<void> {
  const seen: string[] = [];
  for (const name of ['test1', 'test2']) {
    const path = `/proc/${await scene.pid(name)}/ns/net`;
    seen.push(readlinkSync(path));
    await scene.say.command(`readlink ${path}    # ${scene.name(name)}`, seen.at(-1)!);
  }
  const own = await scene.host.run(['readlink', '/proc/self/ns/net']);
  await scene.say.command('readlink /proc/self/ns/net    # the host', own.output);
  await scene.say.check(
    new Set([...seen, own.output.trim()]).size === 3,
    'three network namespaces, none the same as another',
  );
}

/** The host's end of a container's eth0, found by the index that the container's end names. */
async function otherEnd(scene: Scene, container: string, links: readonly Link[]): Promise<Link> {
  const { output } = await scene.portolan('exec', scene.name(container), 'ip', '-o', 'link', 'show', 'eth0');
  const [, own, other] = /^(\d+): eth0@if(\d+):/.exec(output) ?? [];
  const found = links.find(({ ifindex }) => ifindex === Number(other));
  await scene.say.check(
    found !== undefined && found.link_index === Number(own),
    `eth0 of ${scene.name(container)} is @if${other}: the host's ${found?.ifname}, whose other end is @if${own}`,
  );
  return found!;
}
