import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PublishedPort } from '../../store/index.ts';
import { portMap, portSummaries } from './port-view.ts';

const range: PublishedPort = { protocol: 'tcp', containerPort: 80, count: 2, hostIp: '', hostPort: 8080 };
const local: PublishedPort = { protocol: 'udp', containerPort: 53, count: 1, hostIp: '127.0.0.1', hostPort: 5300 };

test('portMap() lists both families for every address, and null for what is only exposed', () => {
  assert.deepEqual(portMap([range, local], ['80/tcp', '443/tcp']), {
    '80/tcp': [
      { HostIp: '0.0.0.0', HostPort: '8080' },
      { HostIp: '::', HostPort: '8080' },
    ],
    '443/tcp': null,
    '81/tcp': [
      { HostIp: '0.0.0.0', HostPort: '8081' },
      { HostIp: '::', HostPort: '8081' },
    ],
    '53/udp': [{ HostIp: '127.0.0.1', HostPort: '5300' }],
  });
});

test('portSummaries() shows an exposed port once, without a host port', () => {
  assert.deepEqual(portSummaries([local], ['443/tcp', '53/udp']), [
    { PrivatePort: 443, Type: 'tcp' },
    { IP: '127.0.0.1', PrivatePort: 53, PublicPort: 5300, Type: 'udp' },
  ]);
});
