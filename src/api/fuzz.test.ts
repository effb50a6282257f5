import assert from 'node:assert/strict';
import http from 'node:http';
import { test } from 'node:test';
import { fakeBackend } from './fixture/fake-backend.ts';
import { ScratchServer } from './fixture/scratch-server.ts';
import { allRoutes } from './routes/index.ts';

/** Numbers from 0 to 1 that are the same in every run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const keys = [
  'Image',
  'HostConfig',
  'PortBindings',
  '80/tcp',
  'Cmd',
  'Env',
  'Labels',
  'Name',
  'IPAM',
  'Config',
  'Tty',
  '__proto__',
  'EndpointsConfig',
  'NetworkingConfig',
  'Container',
  'Memory',
  'ConsoleSize',
  'RestartPolicy',
];
const names = ['x', 'a%2Fb', '%00', '..', 'ü', '%ff', 'x'.repeat(3000), 'constructor', '__proto__'];
const queries = [
  '',
  '?',
  '?t=x',
  '?limit=-1',
  '?filters={',
  '?filters={"a":1}',
  '?since=never',
  '?h=-1&w=1',
  '?condition=x',
  '?stdout=1&stderr=1&tail=x',
  '?detachKeys=%00%00',
  '?%',
  '?a=1&a=2&&=',
  '?stream=0',
  '?fromSrc=-',
  '?fromImage=x',
];
const types = ['application/json', 'application/json; charset=utf-8', 'text/plain', '', 'application/x-tar'];

class Fuzz {
  readonly #random: () => number;
  constructor(seed: number) {
    this.#random = seeded(seed);
  }

  below(n: number): number {
    return Math.floor(this.#random() * n);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  value(depth = 0): unknown {
    const plain = [null, true, 0, -1, 1.5, 1e300, '', 'x', '\u0000', 'none', '8000-7000', []];
    if (depth > 4 || this.below(3) === 0) return this.pick(plain);
    if (this.below(4) === 0) return Array.from({ length: this.below(4) }, () => this.value(depth + 1));
    return Object.fromEntries(Array.from({ length: this.below(5) }, () => [this.pick(keys), this.value(depth + 1)]));
  }

  body(): string {
    const text = JSON.stringify(this.value());
    return this.pick([text, text, text, text.slice(0, this.below(text.length)), `${text}${text}`, '\u0000', '']);
  }
}

test('random requests to every route are answered, never with 500', async () => {
  await using server = await ScratchServer.open();
  const fuzz = new Fuzz(20240607);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 4 });
  for (const route of allRoutes(fakeBackend())) {
    for (let round = 0; round < 12; round++) {
      const path = route.path.replace(/:\w+/g, () => encodeURI(fuzz.pick(names)).replaceAll('%25', '%'));
      const prefix = fuzz.pick(['', '/v1.24', '/v1.41', '/v1.50', '/v1.51', '/v0.1']);
      const body = route.method === 'GET' || route.method === 'HEAD' ? undefined : fuzz.body();
      const url = `${prefix}${path}${encodeURI(fuzz.pick(queries))}`;
      const headers = { 'Content-Type': fuzz.pick(types) };
      const answer = await server.ask(route.method, url, { ...(body !== undefined && { body }), headers, agent });
      assert.ok(
        answer.status >= 200 && answer.status !== 500,
        `${route.method} ${url} ${body}: ${answer.status} ${answer.body}`,
      );
    }
  }
  agent.destroy();
});

test('random bytes on the socket leave the server answering', async () => {
  await using server = await ScratchServer.open();
  const fuzz = new Fuzz(7);
  const parts = [
    'GET ',
    'POST ',
    '/',
    '/exec/e/start',
    ' HTTP/1.1\r\n',
    'Host: x\r\n',
    'Content-Length: 5\r\n',
    'Transfer-Encoding: chunked\r\n',
    'Connection: Upgrade\r\n',
    'Upgrade: tcp\r\n',
    'Content-Type: application/json\r\n',
    '\r\n',
    '\u0000',
    '{}',
    '5\r\n',
    '0\r\n\r\n',
    'CONNECT x:1 HTTP/1.1\r\n\r\n',
  ];
  for (let round = 0; round < 200; round++) {
    const text = Array.from({ length: 1 + fuzz.below(12) }, () => fuzz.pick(parts)).join('');
    using client = server.raw(text);
    client.socket.end();
    await client.ended;
  }
  assert.equal((await server.ask('GET', '/_ping')).body, 'OK');
});
