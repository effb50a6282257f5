import type { Scene } from '../scene.ts';
import { NotHere, type Step } from '../step.ts';

/** RFC 5737's third block, and what stands on it: the machine at the other end, and who is a container. */
const [subnet, range, gateway, neighbour] = [
  '203.0.113.0/24',
  '203.0.113.64/26',
  '203.0.113.1',
  '203.0.113.9',
] as const;

/** Study notes 1.11, 1.12: containers on the wire of a link of the host, without a bridge. */
export const macvlan: Step = {
  title: 'A container on the physical network: macvlan',
  why: [
    "The container's link is a second one on the same wire, with an address of its own: no bridge, no translation.",
    'The wire here is a cable into the container without a network, which plays another machine; yours is -o parent=eth0.',
  ],
  async play(scene) {
    const parent = await layWire(scene);
    const before = await scene.links();
    const ranges = ['--subnet', subnet, '--ip-range', range, '--gateway', gateway];
    await scene.createNetwork('macvlan1', '-d', 'macvlan', ...ranges, '-o', `parent=${parent}`);
    const changed = (await scene.links()).length !== before.length;
    await scene.say.check(!changed, 'the host has the links that it had: macvlan needs none of its own');
    const network = scene.name('macvlan1');
    await scene.run('mac1', '-itd', '--network', network, '--name', scene.name('mac1'), scene.image);
    await scene.exec('mac1', 'ip', '-o', '-4', 'addr', 'show');
    const address = await scene.address('mac1', network);
    await scene.say.check(
      /^203\.0\.113\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])$/.test(address),
      `${address} is of --ip-range`,
    );
    const ping = await scene.exec('mac1', 'ping', '-c', '1', '-W', '2', neighbour);
    await scene.say.check(ping.code === 0, `${scene.name('mac1')} reaches ${neighbour}, a machine on the wire`);
    const seen = await scene.exec('none1', 'ip', 'neigh', 'show', address);
    const { NetworkSettings } = await scene.context.client.containers.inspect(scene.name('mac1'));
    const mac = NetworkSettings.Networks[network]?.MacAddress ?? '';
    await scene.say.check(mac !== '' && seen.output.includes(mac), `that machine sees it by its own address, ${mac}`);
  },
};

/** A cable of the tour's own: one end is the parent link here, the other a machine that is none1. Answers the parent. */
async function layWire(scene: Scene): Promise<string> {
  const taken = (await scene.links()).map(({ ifname }) => ifname);
  const parent = Array.from({ length: taken.length + 1 }, (_none, at) => `wire${at}`).find((n) => !taken.includes(n))!;
  const pid = await scene.pid('none1');
  const inside = ['nsenter', `--net=/proc/${pid}/ns/net`];
  scene.later(() => scene.host.run(['ip', 'link', 'delete', parent]));
  const end = ['peer', 'name', 'eth0', 'netns', String(pid)];
  for (const argv of [
    ['ip', 'link', 'add', parent, 'up', 'type', 'veth', ...end],
    [...inside, 'ip', 'address', 'add', `${neighbour}/24`, 'dev', 'eth0'],
    [...inside, 'ip', 'link', 'set', 'eth0', 'up'],
  ]) {
    const { code, output } = await scene.tool(...argv);
    if (code !== 0) throw new NotHere(output.trim());
  }
  const probe = ['ip', 'link', 'add', 'link', parent, 'name', `${parent}-probe`, 'type', 'macvlan'];
  const { code, output } = await scene.host.run(probe);
  if (code !== 0) throw new NotHere(`this kernel has no macvlan links: ${output.trim()}`);
  await scene.host.run(['ip', 'link', 'delete', `${parent}-probe`]);
  return parent;
}
