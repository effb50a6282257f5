import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linkEnvironment } from './link-environment.ts';

test('linkEnvironment() tells of the first port, each port, runs of ports, the name and the variables of the other', () => {
  const env = linkEnvironment({
    alias: 'my-db',
    owner: 'web',
    address: '172.17.0.5',
    ports: [
      { protocol: 'udp', port: 53 },
      { protocol: 'tcp', port: 81 },
      { protocol: 'tcp', port: 80 },
    ],
    env: ['PATH=/bin', 'HOME=/', 'USER=sailor', 'odd'],
  });
  assert.deepEqual(env, [
    'MY_DB_PORT=tcp://172.17.0.5:80',
    ...['80_TCP', '81_TCP', '53_UDP'].flatMap((key) => {
      const [port, protocol] = key.toLowerCase().split('_') as [string, string];
      const name = `MY_DB_PORT_${key}`;
      return [
        `${name}=${protocol}://172.17.0.5:${port}`,
        `${name}_ADDR=172.17.0.5`,
        `${name}_PORT=${port}`,
        `${name}_PROTO=${protocol}`,
      ];
    }),
    'MY_DB_PORT_80_TCP_START=tcp://172.17.0.5:80',
    'MY_DB_PORT_80_TCP_PORT_START=80',
    'MY_DB_PORT_80_TCP_END=tcp://172.17.0.5:81',
    'MY_DB_PORT_80_TCP_PORT_END=81',
    'MY_DB_NAME=/web/my-db',
    'MY_DB_ENV_USER=sailor',
  ]);
});
