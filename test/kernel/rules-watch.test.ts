import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { watchRules } from '../../src/netlink/nft-watch.ts';
import { Poller } from '../../src/syscall/poller.ts';
import { containerId, NetworkLab, networkCreate } from '../lab/network-lab.ts';
import { until } from '../lab/until.ts';
import { kernelTest } from './fixture.ts';

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
  },
);

test('rules that somebody removes are back at once, with what containers have in them', root, async (t) => {
  const lab = await NetworkLab.start(t);
  const [a, b] = [containerId('a'), containerId('b')];
  await lab.network.createNetwork(networkCreate('front'));
  const port = { protocol: 'tcp', containerPort: 80, hostIp: '', hostPortFirst: 18_080, hostPortLast: 18_080 } as const;
  await lab.up(a, ['front'], { ports: [port] });
  const rules = (): string => lab.nft('-s', 'list', 'ruleset').split('\n').sort().join('\n');
  const before = rules();
  assert.match(before, /18080/);
  for (const attack of [
    ['flush', 'ruleset'],
    ['delete', 'table', 'inet', 'portolan-lab'],
    ['flush', 'chain', 'inet', 'portolan-lab', 'forward'],
  ]) {
    lab.nft(...attack);
    assert.notEqual(rules(), before);
    await until(`the rules are back after ${attack.join(' ')}`, () => rules() === before, { withinMs: 2000 });
  }
  assert.equal(lab.warnings.length, 3);
  assert.ok(lab.warnings.every((line) => line.includes('somebody removed rules of the engine: they are back')));
  await lab.up(b, ['front']);
  await lab.network.sandboxDown(a);
  await lab.network.forget(b);
  await sleep(200);
  assert.equal(lab.warnings.length, 3);
});
