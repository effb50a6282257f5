import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseContainerCreate } from './container-create.ts';
import { parsePortKey, parsePortRange } from './ports.ts';

const bindings = (PortBindings: unknown) => parseContainerCreate({ HostConfig: { PortBindings } });

test('parsePortKey() reads protocols, a missing one, and ranges', () => {
  assert.deepEqual(parsePortKey('80/tcp'), { protocol: 'tcp', first: 80, last: 80 });
  assert.deepEqual(parsePortKey('53/UDP'), { protocol: 'udp', first: 53, last: 53 });
  assert.deepEqual(parsePortKey('80'), { protocol: 'tcp', first: 80, last: 80 });
  assert.deepEqual(parsePortKey('8000-8010/sctp'), { protocol: 'sctp', first: 8000, last: 8010 });
});

test('parsePortRange() refuses with the texts of Docker', () => {
  for (const bad of ['', 'x', '80-', '-80', '65536', '1-2-3', '80 ', '999999']) {
    assert.throws(() => parsePortRange(bad), { kind: 'invalid', message: `invalid port specification: "${bad}"` }, bad);
  }
  assert.throws(() => parsePortRange('90-80'), { message: 'invalid port range: 90-80' });
});

test('port bindings become a list: fixed, any free one, a range to choose from', () => {
  const { Ports } = bindings({
    '80/tcp': [{ HostPort: '8080' }, { HostIp: '127.0.0.1', HostPort: '' }],
    '53/udp': [{ HostPort: '0' }],
    '90': [{ HostIp: '::1', HostPort: '8000-8010' }],
  });
  const port = (protocol: string, containerPort: number, hostIp: string, first: number, last: number) => ({
    protocol,
    containerPort,
    hostIp,
    hostPortFirst: first,
    hostPortLast: last,
  });
  assert.deepEqual(
    Ports.toSorted((a, b) => a.containerPort - b.containerPort),
    [
      port('udp', 53, '', 0, 0),
      port('tcp', 80, '', 8080, 8080),
      port('tcp', 80, '127.0.0.1', 0, 0),
      port('tcp', 90, '::1', 8000, 8010),
    ],
  );
});

test('bindings keep their form for inspect, with the protocol in every key', () => {
  const { HostConfig } = bindings({ '80': [{ HostPort: '1' }], '80/tcp': [{ HostPort: '2' }], '81/tcp': null });
  assert.deepEqual(HostConfig.PortBindings, {
    '80/tcp': [
      { HostIp: '', HostPort: '1' },
      { HostIp: '', HostPort: '2' },
    ],
    '81/tcp': [],
  });
});

test('bad bindings are refused with the texts of Docker', () => {
  for (const [map, message] of [
    [{ '80/foo': [{}] }, 'invalid port specification: "80/foo"'],
    [{ '0/tcp': [{}] }, 'invalid port specification: "0"'],
    [{ '80-90/tcp': [{}] }, 'invalid port specification: "80-90"'],
    [{ '80/tcp': [{ HostPort: 'x' }] }, 'invalid port specification: "x"'],
    [{ '80/tcp': [{ HostPort: '0-5' }] }, 'invalid port specification: "0-5"'],
    [{ '80/tcp': [{ HostPort: '9-8' }] }, 'invalid port range: 9-8'],
    [{ '80/tcp': [{ HostIp: 'nohost' }] }, 'invalid IP address in port mapping: nohost'],
  ] as const) {
    assert.throws(() => bindings(map), { kind: 'invalid', message });
  }
});

test('exposed ports are spread out of ranges', () => {
  const { Config } = parseContainerCreate({ ExposedPorts: { '80': {}, '1000-1002/udp': {} } });
  assert.deepEqual(Object.keys(Config.ExposedPorts), ['80/tcp', '1000/udp', '1001/udp', '1002/udp']);
});
