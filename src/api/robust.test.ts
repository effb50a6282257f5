import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ScratchServer } from './fixture/scratch-server.ts';

const lines = (count: number): string => Array.from({ length: count }, (_, n) => `X-H${n}: ${n}\r\n`).join('');
const get = (headers: string, path = '/_ping'): string => `GET ${path} HTTP/1.1\r\nHost: e\r\n${headers}\r\n`;
const post = (headers: string, body: string): string =>
  `POST /containers/create HTTP/1.1\r\nHost: e\r\nContent-Type: application/json\r\n${headers}\r\n${body}`;

/** What a client sends, and what it is told first; undefined: it is waited for more. */
const cases: readonly (readonly [name: string, sent: string, status: number | undefined])[] = [
  ['a hundred headers', get(lines(100)), 200],
  ['900 headers', get(lines(900)), 200],
  ['1,500 headers', get(lines(1500)), 431],
  ['ten thousand headers', get(lines(10_000)), 431],
  ['a header of 20 KiB', get(`X-Long: ${'x'.repeat(20 << 10)}\r\n`), 200],
  ['a header of 2 MiB', get(`X-Long: ${'x'.repeat(2 << 20)}\r\n`), 431],
  ['headers of 2 MiB together', get(lines(150_000)), 431],
  ['a path of 500 KiB', get('', `/_ping?${'x'.repeat(500 << 10)}`), 200],
  ['a path of 2 MiB', get('', `/_ping?${'x'.repeat(2 << 20)}`), 431],
  [
    'a query of ten thousand keys',
    get('', `/containers/json?${Array.from({ length: 10_000 }, (_, n) => `k${n}=1`).join('&')}`),
    200,
  ],
  ['no host', 'GET /_ping HTTP/1.1\r\n\r\n', 200],
  ['HTTP/1.0', 'GET /_ping HTTP/1.0\r\n\r\n', 200],
  ['HTTP/3.7', 'GET /_ping HTTP/3.7\r\n\r\n', 400],
  ['an unknown method', 'BREW /_ping HTTP/1.1\r\nHost: e\r\n\r\n', 400],
  ['a known method that no path has', 'PATCH /_ping HTTP/1.1\r\nHost: e\r\n\r\n', 404],
  ['a NUL in the path', get('', '/containers/%00/json'), 404],
  ['a path that is not percent-encoded', get('', '/containers/%zz/json'), 404],
  ['a NUL in a header', get('X-Nul: a\0b\r\n'), 400],
  ['a header folded over lines', get('X-Fold: a\r\n b\r\n'), 400],
  ['a header without a name', get(': x\r\n'), 400],
  ['a length that is no number', post('Content-Length: ten\r\n', '{}'), 400],
  ['a negative length', post('Content-Length: -1\r\n', '{}'), 400],
  ['two lengths', post('Content-Length: 2\r\nContent-Length: 3\r\n', '{}x'), 400],
  ['a length and chunks', post('Content-Length: 2\r\nTransfer-Encoding: chunked\r\n', '2\r\n{}\r\n0\r\n\r\n'), 400],
  ['a coding that nobody knows', post('Transfer-Encoding: rot13\r\n', '{}'), 400],
  ['a chunk whose length is none', post('Transfer-Encoding: chunked\r\n', 'zz\r\n{}\r\n0\r\n\r\n'), 400],
  ['a chunk longer than it says', post('Transfer-Encoding: chunked\r\n', '1\r\n{}\r\n0\r\n\r\n'), 400],
  ['a chunk that is never sent', post('Transfer-Encoding: chunked\r\n', '2\r\n'), undefined],
  ['a body that is never sent', post('Content-Length: 2\r\n', ''), undefined],
  ['half a head', 'GET /_ping HTTP/1.1\r\nHo', undefined],
];

describe('what a client may send as a request', () => {
  for (const [name, sent, status] of cases) {
    test(`${name}: ${status ?? 'more is waited for'}`, async () => {
      await using server = await ScratchServer.open();
      const before = descriptors();
      {
        using client = server.raw(sent);
        if (status === undefined) await sleep(50);
        else await client.untilHead();
        assert.equal(client.head.split('\r\n')[0]!.split(' ')[1], status?.toString());
        if (status !== undefined && status >= 400) assert.match(client.stream.toString(), /^\{"message":".+"\}\n/);
        await serves(server);
      }
      for (let n = 0; n < 40 && descriptors() > before; n++) await sleep(5);
      assert.equal(descriptors(), before);
    });
  }
});

test('requests that come all at once are answered in their order', async () => {
  await using server = await ScratchServer.open();
  using client = server.raw(
    `${get('')}${get('', '/containers/none/json')}${post('Content-Length: 2\r\n', '{}')}${get('')}`,
  );
  await client.until((text) => text.split('HTTP/1.1 ').length === 5);
  const statuses = client.received
    .toString()
    .match(/HTTP\/1\.1 \d+/g)!
    .map((line) => line.slice(9));
  assert.deepEqual(statuses, ['200', '404', '400', '200']);
});

test('500 clients that say nothing, and 100 that go in the middle of a body, keep nobody from being served', async () => {
  await using server = await ScratchServer.open();
  const before = descriptors();
  const idle = Array.from({ length: 500 }, () => server.raw(''));
  await serves(server);
  const cut = ['Content-Length: 1000\r\n', 'Transfer-Encoding: chunked\r\n'].flatMap((length) =>
    Array.from({ length: 50 }, () => server.raw(post(length, '5\r\n{"Ima'))),
  );
  await serves(server);
  for (const client of [...idle, ...cut]) client[Symbol.dispose]();
  await serves(server);
  for (let n = 0; n < 100 && descriptors() > before; n++) await sleep(10);
  assert.equal(descriptors(), before);
});

test('who takes too long for a head is told so, and keeps nobody from being served', async () => {
  await using server = await ScratchServer.open({}, { headMs: 200 });
  const slow = Array.from({ length: 200 }, () => server.raw('GET /_ping HTTP/1.1\r\nHost: e\r\nX-'));
  for (let n = 0; n < 5; n++) {
    for (const client of slow) client.socket.write('a');
    await serves(server);
    await sleep(50);
  }
  await Promise.all(slow.map(({ ended }) => ended));
  for (const client of slow) assert.match(client.head, /^HTTP\/1\.1 408 /);
});

async function serves(server: ScratchServer): Promise<void> {
  using client = server.raw(get(''));
  await client.until((text) => text.endsWith('OK'));
}

const descriptors = (): number => readdirSync('/proc/self/fd').length;
