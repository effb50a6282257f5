import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePorts, parsePublish } from './ports.ts';

/** "HOSTIP:HOSTPORT>PORT/PROTOCOL" for every port. */
const written = (text: string): string =>
  parsePublish(text)
    .map(({ port, binding }) => `${binding.HostIp}:${binding.HostPort}>${port}`)
    .join(' ');

const accepted: readonly (readonly [text: string, result: string])[] = [
  ['80', ':>80/tcp'],
  ['80/udp', ':>80/udp'],
  ['8080:80', ':8080>80/tcp'],
  ['8080:80/UDP', ':8080>80/udp'],
  [':80', ':>80/tcp'],
  ['127.0.0.1:8080:80', '127.0.0.1:8080>80/tcp'],
  ['127.0.0.1::80', '127.0.0.1:>80/tcp'],
  ['[::1]:80:90', '::1:80>90/tcp'],
  ['[::1]::90', '::1:>90/tcp'],
  ['::1:80:90', '::1:80>90/tcp'],
  ['7000-7001', ':>7000/tcp :>7001/tcp'],
  ['8000-8001:80-81', ':8000>80/tcp :8001>81/tcp'],
  ['8000-8010:80', ':8000-8010>80/tcp'],
  ['10.0.0.1:8000-8001:80-81/sctp', '10.0.0.1:8000>80/sctp 10.0.0.1:8001>81/sctp'],
  ['target=80,published=8080,protocol=udp', ':8080>80/udp'],
];
for (const [text, result] of accepted) {
  test(`parsePublish() reads ${text}`, () => assert.equal(written(text), result));
}

const refused: readonly (readonly [text: string, message: string])[] = [
  ['foo', 'invalid containerPort: foo'],
  ['x:80', 'invalid hostPort: x'],
  ['70000', 'invalid containerPort: 70000'],
  ['80/icmp', 'invalid proto: icmp'],
  ['host:80:80', 'invalid IP address: host'],
  ['8080:', 'no port specified: 8080:<empty>'],
  ['90-80', 'invalid containerPort: 90-80'],
  ['8000-8002:80-81', 'invalid ranges specified for container and host Ports: 80-81 and 8000-8002'],
  ['published=80', "missing mandatory field 'target'"],
  ['target=80,color=red', 'invalid field key color'],
];
for (const [text, message] of refused) {
  test(`parsePublish() refuses ${text}`, () => assert.throws(() => parsePublish(text), { message }));
}

test('parsePorts() gathers all bindings of a port, and exposes what it publishes', () => {
  const { bindings, exposed } = parsePorts(['80:80', '81:80'], ['90', '100-101/udp']);
  assert.deepEqual(bindings, {
    '80/tcp': [
      { HostIp: '', HostPort: '80' },
      { HostIp: '', HostPort: '81' },
    ],
  });
  assert.deepEqual(Object.keys(exposed), ['80/tcp', '90/tcp', '100/udp', '101/udp']);
});

test('parsePorts() refuses a host port in --expose', () => {
  assert.throws(() => parsePorts([], ['80:80']), { message: 'invalid port format for --expose: 80:80' });
});
