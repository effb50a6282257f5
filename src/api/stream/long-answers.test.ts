import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../base/index.ts';
import type { ContainerStats, EventMessage } from '../../contract/index.ts';
import type { LogChunk } from '../backend.ts';
import { ScratchServer } from '../fixture/scratch-server.ts';

const get = (path: string, method = 'GET'): string => `${method} ${path} HTTP/1.1\r\nHost: docker\r\n\r\n`;
const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

test('wait answers its head at once and its document at the event', async () => {
  const event = Promise.withResolvers<{ StatusCode: number; Error: null }>();
  await using server = await ScratchServer.open({
    containers: { wait: () => ({ done: event.promise, cancel: () => {} }) },
  });
  using client = server.raw(get('/containers/c/wait?condition=removed', 'POST'));
  await client.untilHead();
  assert.match(client.head, /^HTTP\/1\.1 200 OK\r\n/);
  assert.match(client.head, /Transfer-Encoding: chunked/i);
  assert.equal(client.stream.length, 0);
  event.resolve({ StatusCode: 3, Error: null });
  await client.until((text) => text.includes('{"StatusCode":3,"Error":null}\n'));
});

test('wait of an unknown container is 404, of an unknown condition 400', async () => {
  await using server = await ScratchServer.open({
    containers: {
      wait: (ref) => {
        throw new AppError('not-found', `No such container: ${ref}`);
      },
    },
  });
  assert.equal((await server.ask('POST', '/containers/c/wait')).status, 404);
  assert.equal((await server.ask('POST', '/containers/c/wait?condition=never')).status, 400);
});

test('an abandoned wait is cancelled', async () => {
  const cancelled = Promise.withResolvers<void>();
  await using server = await ScratchServer.open({
    containers: { wait: () => ({ done: new Promise(() => {}), cancel: cancelled.resolve }) },
  });
  using client = server.raw(get('/containers/c/wait', 'POST'));
  await client.untilHead();
  client.socket.destroy();
  await cancelled.promise;
});

test('events send their head before the first event, then a line each, until the client goes', async () => {
  const seen: unknown[] = [];
  const gone = Promise.withResolvers<void>();
  const begin = Promise.withResolvers<void>();
  await using server = await ScratchServer.open({
    system: {
      events: async function* (options, signal) {
        seen.push(options);
        await begin.promise;
        yield { Type: 'container', Action: 'start' } as EventMessage;
        await aborted(signal);
        gone.resolve();
      },
    },
  });
  using client = server.raw(get('/events?since=1.5&until=2024-01-01T00:00:00Z'));
  await client.untilHead();
  begin.resolve();
  await client.until((text) => text.includes('{"Type":"container","Action":"start"}\r\n'));
  assert.deepEqual(seen, [{ since: 1.5, until: 1704067200, filters: {} }]);
  client.socket.destroy();
  await gone.promise;
});

test('stats: one document without stream, lines with it, a status when it fails at once', async () => {
  const sample = { name: '/x' } as ContainerStats;
  let fail = false;
  await using server = await ScratchServer.open({
    containers: {
      stats: async function* (ref) {
        if (fail) throw new AppError('not-found', `No such container: ${ref}`);
        yield sample;
        yield sample;
      },
    },
  });
  assert.deepEqual(JSON.parse((await server.ask('GET', '/containers/c/stats?stream=False')).body), sample);
  assert.equal((await server.ask('GET', '/containers/c/stats')).body, '{"name":"/x"}\r\n{"name":"/x"}\r\n');
  fail = true;
  assert.equal((await server.ask('GET', '/containers/c/stats')).status, 404);
});

const at = new Date('2024-01-01T00:00:00.5Z');
const lines: readonly LogChunk[] = [
  { stream: 'stdout', at, data: Buffer.from('one ') },
  { stream: 'stdout', at, data: Buffer.from('line\n') },
  { stream: 'stderr', at, time: '2024-01-01T00:00:00.500000001Z', data: Buffer.from('two\n') },
];
const logging = (tty: boolean) =>
  ScratchServer.open({
    containers: {
      logs: async () => ({
        tty,
        details: 'a=1',
        lines: (async function* () {
          yield* lines;
        })(),
      }),
    },
  });

/** Stream number and payload of each frame. */
function framesOf(bytes: Buffer): [number, string][] {
  const frames: [number, string][] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 8 + bytes.readUInt32BE(at + 4);
    frames.push([bytes[at]!, bytes.toString('utf8', at + 8, end)]);
    at = end;
  }
  return frames;
}

test('logs are frames, with the time before the first part of a line', async () => {
  await using server = await logging(false);
  const answer = await server.ask('GET', '/containers/c/logs?stdout=1&stderr=1&timestamps=1');
  assert.equal(answer.headers['content-type'], 'application/vnd.docker.multiplexed-stream');
  assert.deepEqual(framesOf(Buffer.from(answer.body)), [
    [1, '2024-01-01T00:00:00.500000000Z one '],
    [1, 'line\n'],
    [2, '2024-01-01T00:00:00.500000001Z two\n'],
  ]);
});

test('logs of a terminal are raw; below 1.42 they have no type', async () => {
  await using server = await logging(true);
  const answer = await server.ask('GET', '/containers/c/logs?stdout=1');
  assert.equal(answer.headers['content-type'], 'application/vnd.docker.raw-stream');
  assert.equal(answer.body, 'one line\ntwo\n');
  assert.equal((await server.ask('GET', '/v1.41/containers/c/logs?stdout=1')).headers['content-type'], undefined);
});

test('logs of no stream are refused', async () => {
  await using server = await logging(false);
  const answer = await server.ask('GET', '/containers/c/logs');
  assert.equal(answer.status, 400);
  assert.match(answer.body, /you must choose at least one stream/);
});

test('details of a log come after the time, before the first part of a line, also when there are none', async () => {
  await using server = await logging(true);
  const answer = await server.ask('GET', '/containers/c/logs?stdout=1&stderr=1&details=1');
  assert.equal(answer.body, 'a=1 one line\na=1 two\n');
});

test('following the log of a silent container sends the head at once, and ends when the client goes', async () => {
  const gone = Promise.withResolvers<void>();
  await using server = await ScratchServer.open({
    containers: {
      logs: async (_ref, _options, signal) => ({
        tty: false,
        details: '',
        lines: (async function* (): AsyncGenerator<LogChunk> {
          yield* [];
          await aborted(signal);
          gone.resolve();
        })(),
      }),
    },
  });
  using client = server.raw(get('/containers/c/logs?follow=1&stdout=1'));
  await client.untilHead();
  await delay(20);
  client.socket.destroy();
  await gone.promise;
});
