import type { Scene } from '../scene.ts';
import type { Step } from '../step.ts';

type Counter = { readonly table: string; readonly name: string; readonly packets: number };

/** Study notes 1.7 (5), 1.8: test3 on isolated_nw. */
export const isolation: Step = {
  title: 'A network of its own: test3 cannot be reached',
  why: [
    'A user-defined network is another bridge: another broadcast domain, with another subnet.',
    'The host could route between the two, so one rule drops what passes from one of our bridges to another.',
  ],
  async play(scene) {
    const network = await scene.createNetwork('isolated_nw', '--driver', 'bridge');
    const name = scene.name('isolated_nw');
    await scene.run('test3', '-itd', `--network=${name}`, '--name', scene.name('test3'), scene.image);
    await scene.portolan('exec', scene.name('test3'), 'ip', '-o', '-4', 'addr', 'show');
    await scene.tool('ip', '-br', 'addr', 'show', bridgeOf(network));
    const target = await scene.address('test2', 'bridge');
    const before = await drops(scene);
    const ping = await scene.portolan('exec', scene.name('test3'), 'ping', '-c', '1', '-W', '1', target);
    await scene.say.check(ping.code !== 0, `${scene.name('test3')} does not reach ${scene.name('test2')} at ${target}`);
    const counted = (await drops(scene)).find(({ table, packets }) => packets > packetsOf(before, table));
    await scene.say.check(counted !== undefined, 'a rule of the engine has dropped the packet');
    await scene.tool('nft', 'list', 'counter', 'inet', counted!.table, counted!.name);
    const change = `from ${packetsOf(before, counted!.table)} to ${counted!.packets} packets`;
    await scene.say.note(`The counter of the isolation rule went ${change}.`);
  },
};

/** The bridge's interface: the name it was given, or br- and the beginning of the id, as docker has it. */
function bridgeOf({
  Id,
  Options,
}: {
  readonly Id: string;
  readonly Options: Readonly<Record<string, string>>;
}): string {
  return Options?.['com.docker.network.bridge.name'] ?? `br-${Id.slice(0, 12)}`;
}

/** The isolation counter of every engine in this namespace. */
async function drops(scene: Scene): Promise<readonly Counter[]> {
  type Listing = { readonly nftables: readonly { readonly counter?: Counter }[] };
  const { nftables } = await scene.host.json<Listing>(['nft', '-j', 'list', 'counters', 'inet']);
  return nftables.flatMap(({ counter }) => (counter?.name === 'isolation' ? [counter] : []));
}

const packetsOf = (counters: readonly Counter[], table: string): number =>
  counters.find((counter) => counter.table === table)?.packets ?? 0;
