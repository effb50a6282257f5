import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PublishedPort } from '../../store/records.ts';
import { elementsOfNetwork, elementsOfPorts, type NetworkIntent } from './intent.ts';

const network: NetworkIntent = {
  owner: 'network/web',
  bridge: 'br-1a2b3c4d5e6f',
  subnets: ['192.0.2.0/25', '2001:db8::/64'],
  internal: false,
  icc: true,
  masquerade: true,
};
const br = '"br-1a2b3c4d5e6f"';
const lines = (elements: readonly { set: string; key: string; value?: string }[]): string[] =>
  elements.map(({ set, key, value }) => `${set}: ${key}${value === undefined ? '' : ` -> ${value}`}`);

test('elementsOfNetwork() says whose bridge it is, who may talk, and what is masqueraded', () => {
  assert.deepEqual(lines(elementsOfNetwork(network)), [
    `bridges: ${br}`,
    `peers: ${br} . ${br}`,
    `masquerade4: ${br}`,
    `masquerade6: ${br}`,
  ]);
  assert.ok(elementsOfNetwork(network).every(({ owner }) => owner === 'network/web'));
});

for (const { name, change, expected } of [
  {
    name: 'keeps containers apart without ICC',
    change: { icc: false, masquerade: false, subnets: [] },
    expected: [`bridges: ${br}`, `apart: ${br} . ${br}`],
  },
  {
    name: 'closes an internal network',
    change: { internal: true },
    expected: [`bridges: ${br}`, `peers: ${br} . ${br}`, `internal: ${br}`],
  },
  {
    name: 'opens a routed family and translates the other',
    change: { mode4: 'routed', snat6: '2001:db8:9::1' },
    expected: [`bridges: ${br}`, `peers: ${br} . ${br}`, `routed4: ${br}`, `snat6: ${br} -> 2001:db8:9::1`],
  },
  {
    name: 'lifts the guard of an unprotected family',
    change: { mode4: 'nat-unprotected', masquerade: false, subnets: ['192.0.2.9/32'] },
    expected: [`bridges: ${br}`, `peers: ${br} . ${br}`, `unprotected4: ${br}`],
  },
] as const) {
  test(`elementsOfNetwork() ${name}`, () => {
    assert.deepEqual(lines(elementsOfNetwork({ ...network, ...change })), expected);
  });
}

const port = (change: Partial<PublishedPort>): PublishedPort => ({
  protocol: 'tcp',
  containerPort: 80,
  count: 1,
  hostIp: '',
  hostPort: 8080,
  ...change,
});
const published = (...ports: readonly PublishedPort[]): string[] =>
  lines(elementsOfPorts({ owner: 'endpoint/1', ports, ipv4: '192.0.2.2', ipv6: '2001:db8:0:0:0:0:0:2' }));

for (const { name, change, expected } of [
  {
    name: 'translates a port of every address in both families',
    change: {},
    expected: ['publish4: tcp . 8080 -> 192.0.2.2 . 80', 'publish6: tcp . 8080 -> 2001:db8::2 . 80'],
  },
  {
    name: 'translates a port of one address in its family',
    change: { hostIp: '127.0.0.1', protocol: 'udp' },
    expected: ['publish4_at: udp . 127.0.0.1 . 8080 -> 192.0.2.2 . 80'],
  },
  {
    name: 'reads 0.0.0.0 as every IPv4 address',
    change: { hostIp: '0.0.0.0' },
    expected: ['publish4: tcp . 8080 -> 192.0.2.2 . 80'],
  },
  {
    name: 'makes one element of a range with equal numbers',
    change: { hostPort: 8000, containerPort: 8000, count: 500, hostIp: '198.51.100.1' },
    expected: ['range4_at: tcp . 198.51.100.1 . 8000-8499 -> 192.0.2.2'],
  },
  {
    name: 'makes an element a port of a range with unequal numbers',
    change: { hostPort: 9000, containerPort: 80, count: 2, hostIp: '0.0.0.0' },
    expected: ['publish4: tcp . 9000 -> 192.0.2.2 . 80', 'publish4: tcp . 9001 -> 192.0.2.2 . 81'],
  },
] as const) {
  test(`elementsOfPorts() ${name}`, () => assert.deepEqual(published(port(change)), expected));
}

test('elementsOfPorts() closes the IPv6 side of a port whose container has none', () => {
  const closed = (...ports: readonly PublishedPort[]): string[] =>
    lines(elementsOfPorts({ owner: 'endpoint/1', ports, ipv4: '192.0.2.2' })).filter((line) => line.includes('closed'));
  const range = port({ hostPort: 9000, containerPort: 80, count: 3 });
  assert.match(closed(port({ hostPort: 8080 })).join(), /closed6: tcp \. 8080/);
  assert.match(closed(range).join(), /closed6_range: tcp \. 9000-9002/);
  assert.match(
    closed(port({ hostPort: 8080, hostIp: '2001:db8:0::9' })).join(),
    /closed6_at: tcp \. 2001:db8::9 \. 8080/,
  );
  assert.deepEqual(closed(port({ hostIp: '::1' }), port({ hostIp: '0.0.0.0' }), port({ hostIp: '192.0.2.1' })), []);
});

test('elementsOfPorts() opens container ports of a routed network, and publishes nothing on the host', () => {
  const ports = [port({}), port({ containerPort: 90, count: 3, protocol: 'udp' })];
  const elements = elementsOfPorts({ owner: 'x', ports, ipv4: '192.0.2.2', mode4: 'routed' });
  assert.deepEqual(lines(elements), ['open4: 192.0.2.2 . tcp . 80', 'open4_range: 192.0.2.2 . udp . 90-92']);
});
