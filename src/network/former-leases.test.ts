import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endpointRecord, networkRecord } from '../../test/fixture/records.ts';
import type { EndpointLease, EndpointRecord, FormerLease } from '../store/records.ts';
import { FormerLeases } from './former-leases.ts';
import { Records } from './records.ts';
import type { RecordTable } from './store.ts';

function table<T extends { readonly id: string }>(...records: readonly T[]): RecordTable<T> {
  const rows = new Map(records.map((record) => [record.id, record]));
  return {
    all: () => [...rows.values()],
    get: (id) => rows.get(id),
    put: (record) => void rows.set(record.id, record),
    delete: (id) => void rows.delete(id),
  };
}

const network = networkRecord({ id: 'net', name: 'web', ipam: { driver: 'default', options: {}, pools: [] } });

function open(formerLeases = table<FormerLease>()) {
  const store = {
    networks: table(network),
    endpoints: table<EndpointRecord>(),
    sandboxes: table<never>(),
    formerLeases,
    transaction: <T>(body: () => T): T => body(),
  };
  const records = new Records(store);
  return { records, formerLeases, former: new FormerLeases(formerLeases, records) };
}

const endpoint = (containerId: string, mac?: string): EndpointRecord => {
  const bare = endpointRecord({ id: `ep-${containerId}`, networkId: 'net', containerId });
  return mac === undefined ? bare : { ...bare, request: { ...bare.request, mac } };
};

const lease = (ipv4: string, ipv6?: string): EndpointLease => ({
  hostInterface: 'veth0',
  interface: 'eth0',
  mac: '02:00:00:00:00:01',
  ipv4,
  ...(ipv6 === undefined ? {} : { ipv6 }),
});

test('FormerLeases finds what a container had, or the one of its name that is gone', () => {
  const { records, former } = open();
  former.remember(endpoint('a'), lease('10.0.0.2/24', 'fd00::2/64'), 'web-1');
  assert.equal(former.find('net', 'a', 'renamed')?.ipv6, 'fd00::2/64');
  assert.equal(former.find('net', 'b', 'web-1')?.ipv4, '10.0.0.2/24');
  assert.equal(former.find('net', 'b', 'web-2'), undefined);
  assert.equal(former.find('other', 'a', 'web-1'), undefined);
  records.putEndpoint(endpoint('a'));
  assert.equal(former.find('net', 'b', 'web-1'), undefined, 'a is still there, only down');
});

test('FormerLeases keeps the hardware address unless the user chose it', () => {
  const { former } = open();
  former.remember(endpoint('a'), lease('10.0.0.2/24'), 'a');
  former.remember(endpoint('b', '02:00:00:00:00:01'), lease('10.0.0.3/24'), 'b');
  assert.equal(former.find('net', 'a', 'a')?.mac, '02:00:00:00:00:01');
  assert.equal(former.find('net', 'b', 'b')?.mac, undefined);
});

test('FormerLeases knows one owner of an address: the last', () => {
  const { former } = open();
  former.remember(endpoint('a'), lease('10.0.0.2/24'), 'a');
  const forgotten = former.remember(endpoint('b'), lease('10.0.0.2/24'), 'b');
  assert.deepEqual(
    forgotten.map(({ containerId }) => containerId),
    ['a'],
  );
  assert.equal(former.find('net', 'a', 'a'), undefined);
  assert.equal(former.has('net', '10.0.0.2/24'), true);
});

test('FormerLeases is in order of release, also after a start anew', () => {
  const { former, formerLeases } = open();
  for (const [id, address] of [
    ['c', 4],
    ['a', 2],
    ['b', 3],
    ['c', 4],
  ] as const) {
    former.remember(endpoint(id), lease(`10.0.0.${address}/24`), id);
  }
  const order = (of: FormerLeases): string[] => [...of.of('net')].map(({ containerId }) => containerId);
  assert.deepEqual(order(former), ['a', 'b', 'c']);
  assert.deepEqual(order(open(formerLeases).former), ['a', 'b', 'c']);
});

test('FormerLeases forgets the oldest that is gone when there are too many, and everything with its network', () => {
  const { former, formerLeases, records } = open();
  // It can start again, however many others come and go.
  records.putEndpoint(endpoint('c0'));
  for (let i = 0; i < 70; i++) {
    const forgotten = former.remember(endpoint(`c${i}`), lease(`10.0.0.${i}/16`), `c${i}`);
    assert.deepEqual(
      forgotten.map(({ containerId }) => containerId),
      i < 64 ? [] : [`c${i - 63}`],
    );
  }
  assert.equal(formerLeases.all().length, 64);
  assert.equal(former.find('net', 'c0', 'c0')?.ipv4, '10.0.0.0/16');
  former.forget('net');
  assert.deepEqual(formerLeases.all(), []);
  const stray = { ...formerOf('x'), networkId: 'gone' };
  assert.deepEqual(open(table(stray)).formerLeases.all(), []);
});

const formerOf = (containerId: string): FormerLease => ({
  id: `net/${containerId}`,
  networkId: 'net',
  containerId,
  containerName: containerId,
  released: 0,
});
