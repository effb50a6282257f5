import assert from 'node:assert/strict';
import { type AddressInfo, createServer } from 'node:net';
import { endianness } from 'node:os';
import { test } from 'node:test';
import { boundSockets, holderOf, parseSocketTable, processOf } from './socket-table.ts';

const heading = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
const line = (local: string, state: string, inode: number): string =>
  `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0 100 0 0 10 0`;
const sockets = (...lines: readonly string[]) => parseSocketTable([heading, ...lines, ''].join('\n'), 'tcp');

test('parseSocketTable() reads listening sockets of both families', {
  skip: endianness() === 'LE' ? false : 'the lines are those of a little-endian machine',
}, () => {
  const table = sockets(
    line('0100007F:1F90', '0A', 11),
    line('0100007F:1F91', '01', 12),
    line('00000000000000000000000001000000:0050', '0A', 13),
  );
  assert.deepEqual(table, [
    { address: '127.0.0.1', port: 8080, inode: '11' },
    { address: '::1', port: 80, inode: '13' },
  ]);
});

test('holderOf() finds who is in the way of a range, by address and family', () => {
  const table = [
    { address: '127.0.0.1', port: 8003, inode: '1' },
    { address: '0.0.0.0', port: 9000, inode: '2' },
    { address: '::', port: 9100, inode: '3' },
  ];
  const span = (hostPort: number, hostIp: string) => ({ protocol: 'tcp', hostPort, hostIp, count: 10 }) as const;
  assert.equal(holderOf(span(8000, ''), table)?.inode, '1');
  assert.equal(holderOf(span(8000, '192.0.2.1'), table), undefined);
  assert.equal(holderOf(span(8004, ''), table), undefined);
  assert.equal(holderOf(span(8995, '192.0.2.1'), table)?.inode, '2');
  assert.equal(holderOf(span(8995, '2001:db8::1'), table), undefined);
  assert.equal(holderOf(span(9095, '192.0.2.1'), table)?.inode, '3');
});

test('boundSockets() and processOf() lead from a real listener to this process', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const span = { protocol: 'tcp', hostIp: '', hostPort: port, count: 1 } as const;
  const holder = holderOf(span, await boundSockets('tcp'));
  assert.equal(holder?.address, '127.0.0.1');
  assert.match((await processOf(holder!.inode)) ?? '', new RegExp(`^process ${process.pid}, node`));
  server.close();
});
