import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Log } from '../../src/base/index.ts';
import { watchRules } from '../../src/netlink/nft-watch.ts';
import type { SandboxRequest } from '../../src/network/index.ts';
import { RulesWatch } from '../../src/network/rules-watch.ts';
import { Poller } from '../../src/syscall/poller.ts';
import { containerId, endpoint, NetworkLab, networkCreate } from '../lab/network-lab.ts';
import { until } from '../lab/until.ts';
import { type Host, kernelTest } from './fixture.ts';

const root = { skip: process.getuid?.() === 0 ? false : 'needs root' };

kernelTest(
  'removals of tables, chains and rules are told with their table, changes of elements are not',
  async (host) => {
    const removed: string[] = [];
    using poller = new Poller();
    using _watching = watchRules(poller, {
      netnsFd: host.fd,
      onRemoved: (table) => removed.push(table),
      onLost: () => removed.push('lost'),
    });
    const told = async (...wanted: readonly string[]): Promise<void> => {
      await until(wanted.join(), () => removed.length >= wanted.length, { withinMs: 2000, everyMs: 5 });
      assert.deepEqual(removed.splice(0), wanted);
    };
    const nft = (script: string): string => host.run('nft', script);
    nft(
      'table inet one { set s { type ipv4_addr; elements = { 10.0.0.1 } }; chain c { ip saddr @s accept; }; chain d {}; }',
    );
    nft('table ip two { chain c { accept; }; }');
    nft('add element inet one s { 10.0.0.2 }; delete element inet one s { 10.0.0.1 }');
    nft('delete chain inet one d');
    await told('one');
    nft('flush chain inet one c');
    await told('one');
    nft('delete table inet one');
    await until('the table is told', () => removed.length > 0);
    await sleep(50);
    assert.deepEqual([...new Set(removed.splice(0))], ['one']);
    nft('flush ruleset');
    await until('the other is told', () => removed.length > 0);
    await sleep(50);
    assert.deepEqual([...new Set(removed.splice(0))], ['two']);

    nft('table ip two { chain c { accept; }; }');
    host.nft.run('flush chain ip two c; delete table ip two');
    await sleep(50);
    assert.deepEqual(removed, [], 'what this process removes itself is not told');
  },
);

/** A watch of the rules of a table "ours", and how often it has repaired. */
function watched(host: Host, poller: Poller): { readonly watch: RulesWatch; readonly repairs: () => number } {
  let repairs = 0;
  const repair = async (): Promise<{ readonly restored: readonly string[] }> => {
    repairs++;
    return { restored: [] };
  };
  const watch = new RulesWatch({ poller, netnsFd: host.fd, table: 'ours', repair, log: new Log('error', () => {}) });
  return { watch, repairs: () => repairs };
}

kernelTest('what is removed while the engine starts is put back when it has', async (host) => {
  using poller = new Poller();
  const { watch, repairs } = watched(host, poller);
  using _watching = watch;
  host.run('nft', 'add table inet ours');
  host.run('nft', 'delete table inet ours');
  await sleep(100);
  assert.equal(repairs(), 0);
  watch.begin();
  await until('it is put back', () => repairs() === 1, { withinMs: 1000, everyMs: 5 });
  await sleep(100);
  assert.equal(repairs(), 1);
});

kernelTest('a repair that fails is tried again', async (host) => {
  using poller = new Poller();
  let tries = 0;
  const repair = async (): Promise<{ readonly restored: readonly string[] }> => {
    tries++;
    if (tries === 1) throw new Error('the disk is full');
    return { restored: ['added table ours'] };
  };
  const lines: string[] = [];
  const log = new Log('warn', (line) => lines.push(line));
  using watch = new RulesWatch({ poller, netnsFd: host.fd, table: 'ours', repair, log });
  watch.begin();
  host.run('nft', 'add table inet ours; delete table inet ours');
  await until('it is tried again', () => tries === 2, { withinMs: 5000, everyMs: 20 });
  await until('both are told', () => lines.length === 2);
  assert.match(lines[0]!, /putting rules back: Error: the disk is full; it is tried again in 1 s/);
  assert.match(lines[1]!, /they are back/);
});

kernelTest('others’ changes without number cost a look a second, and ours are noticed among them', async (host) => {
  using poller = new Poller();
  const { watch, repairs } = watched(host, poller);
  using _watching = watch;
  watch.begin();
  host.run('nft', 'table inet ours { chain c { accept; }; }');
  host.run('nft', 'table ip theirs { set s { type ipv4_addr; }; }');
  const elements = Array.from({ length: 20_000 }, (_, i) => `10.0.${i >> 8}.${i & 255}`).join(', ');
  const began = performance.now();
  for (let round = 0; round < 6; round++) {
    host.nft.run(`add element ip theirs s { ${elements} }`); // more than waits in the socket while this process is busy
    host.nft.run('flush set ip theirs s');
    await sleep(100);
  }
  await sleep(100);
  const seconds = (performance.now() - began) / 1000;
  assert.ok(repairs() > 0, 'nothing was lost: too small a storm');
  assert.ok(repairs() <= Math.ceil(seconds) + 1, `${repairs()} looks in ${seconds} s`);
  const before = repairs();
  host.run('nft', 'flush chain inet ours c');
  await until('the chain is noticed', () => repairs() > before, { withinMs: 500, everyMs: 5 });
});

test('what starts, ends, comes or goes while the rules are gone does so as ever', root, async (t) => {
  const lab = await NetworkLab.start(t);
  const [a, b, c] = ['a', 'b', 'c'].map(containerId) as [string, string, string];
  await lab.network.createNetwork(networkCreate('front'));
  const on = (number: number): { readonly ports: SandboxRequest['ports'] } => ({
    ports: [{ protocol: 'tcp', containerPort: 80, hostIp: '', hostPortFirst: number, hostPortLast: number }],
  });
  await lab.up(a, ['front'], on(18_080));
  await lab.up(b, ['front']);
  const steps: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['start', () => lab.up(c, ['front'], on(18_081))],
    ['connect', () => lab.network.connect(b, 'bridge', endpoint())],
    ['create with IPv6', () => lab.network.createNetwork(networkCreate('six', { ipv6: true }))],
    ['disconnect', () => lab.network.disconnect(b, 'bridge')],
    ['remove', () => lab.network.removeNetwork('six')],
    ['stop', () => lab.network.sandboxDown(c)],
  ];
  const repair = t.mock.method(lab.network, 'repair');
  for (const [i, [name, step]] of steps.entries()) {
    lab.nft('flush', 'ruleset');
    await step().catch((error: unknown) => assert.fail(`${name}: ${error}`));
    await until('the repair', () => repair.mock.callCount() === 2 * i + 1, { everyMs: 10 });
    await Promise.all(repair.mock.calls.map(({ result }) => result));
    assert.deepEqual(await lab.network.repair(), { restored: [], removed: [] }, name);
    assert.match(lab.nft('list', 'ruleset'), /18080/);
  }
  assert.deepEqual(lab.mends, []);
});
