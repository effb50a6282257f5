import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { LogEntry, LogQuery } from '../types.ts';
import { formatTime, parseLine, parseTime } from './line.ts';
import { readLogs } from './logs.ts';
import { rotateLog } from './rotate.ts';

const at = (second: number): string => `2026-01-31T08:15:${String(second).padStart(2, '0')}.000000001+01:00`;
const record = (second: number, text: string, stream = 'stdout', tag = 'F'): string =>
  `${at(second)} ${stream} ${tag} ${text}\n`;

function logFile(t: { after(fn: () => void): void }, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-log-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'log'), text);
  return join(folder, 'log');
}

async function read(
  path: string,
  query: Partial<LogQuery>,
  ended: Promise<unknown> = Promise.resolve(),
): Promise<string[]> {
  const seen: string[] = [];
  for await (const entry of follow(path, query, ended)) seen.push(`${entry.stream[3]} ${entry.data}`);
  return seen;
}

const follow = (path: string, query: Partial<LogQuery>, ended: Promise<unknown>): AsyncIterable<LogEntry> =>
  readLogs(path, { stdout: true, stderr: true, follow: false, ...query }, ended, new AbortController().signal);

test('parseTime: nanoseconds and the zone are kept', () => {
  assert.equal(formatTime(parseTime('2026-01-31T08:15:30.123456789+01:00')!), '2026-01-31T07:15:30.123456789Z');
  assert.equal(formatTime(parseTime('2026-01-31T08:15:30.5Z')!), '2026-01-31T08:15:30.500000000Z');
  assert.equal(parseTime('yesterday'), undefined);
});

test('parseLine: spaces in the text are the text’s, a part has no line feed, and anything else is no record', () => {
  assert.equal(parseLine(Buffer.from(`${record(1, ' a  b ').trimEnd()} `))?.data.toString(), ' a  b \n');
  assert.equal(parseLine(Buffer.from(record(1, 'part', 'stderr', 'P').slice(0, -1)))?.data.toString(), 'part');
  for (const text of ['', 'x', `${at(1)} stdout`, `${at(1)} stdnone F x`, `never stdout F x`]) {
    assert.equal(parseLine(Buffer.from(text)), undefined);
  }
});

const log =
  record(1, 'one') + record(2, 'two', 'stderr') + record(3, 'th', 'stdout', 'P') + record(3, 'ree') + record(4, 'four');

for (const { name, query, want } of [
  { name: 'everything', query: {}, want: ['o one\n', 'e two\n', 'o th', 'o ree\n', 'o four\n'] },
  { name: 'one stream', query: { stdout: false }, want: ['e two\n'] },
  { name: 'the last line', query: { tail: 1 }, want: ['o four\n'] },
  { name: 'the last two, one of them in parts', query: { tail: 2 }, want: ['o th', 'o ree\n', 'o four\n'] },
  { name: 'the last of one stream', query: { tail: 1, stdout: false }, want: ['e two\n'] },
  { name: 'more than there are', query: { tail: 99 }, want: ['o one\n', 'e two\n', 'o th', 'o ree\n', 'o four\n'] },
  { name: 'none', query: { tail: 0 }, want: [] },
  { name: 'since', query: { since: parseTime(at(3))! }, want: ['o th', 'o ree\n', 'o four\n'] },
  { name: 'until, to the nanosecond', query: { until: parseTime(at(2))! }, want: ['o one\n', 'e two\n'] },
]) {
  test(`readLogs: ${name}`, async (t) => assert.deepEqual(await read(logFile(t, log), query), want));
}

test('readLogs: a tail longer than a block is found, whatever lies on the border', async (t) => {
  const lines = Array.from({ length: 5000 }, (_, n) => record(n % 60, `line ${n} ${'x'.repeat(n % 97)}`));
  const path = logFile(t, lines.join(''));
  const seen = await read(path, { tail: 3000 });
  assert.equal(seen.length, 3000);
  assert.match(seen[0]!, /^o line 2000 /);
});

test('readLogs: a log that is not there is empty', async () =>
  assert.deepEqual(await read('/nonexistent/log', {}), []));

test('readLogs: following reads what comes, also in a new file of that name, until the end', async (t) => {
  const path = logFile(t, record(1, 'one'));
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const seen: string[] = [];
  for await (const { data } of follow(path, { follow: true }, ended)) {
    seen.push(data.toString().trim());
    if (seen.length === 1) appendFileSync(path, record(2, 'two'));
    if (seen.length === 2) {
      renameSync(path, `${path}.1`);
      writeFileSync(path, record(3, 'three') + record(4, 'four'));
    }
    if (seen.length === 4) {
      appendFileSync(path, record(5, 'last words'));
      end();
    }
  }
  assert.deepEqual(seen, ['one', 'two', 'three', 'four', 'last words']);
});

test('readLogs: files that were put aside are read in their order, from the tail that reaches into them', async (t) => {
  const path = logFile(t, record(5, 'five') + record(6, 'six'));
  writeFileSync(`${path}.1`, record(3, 'three') + record(4, 'four'));
  writeFileSync(`${path}.2`, record(1, 'one') + record(2, 'two'));
  writeFileSync(`${path}.tmp`, record(9, 'not a part'));
  const all = ['one', 'two', 'three', 'four', 'five', 'six'].map((word) => `o ${word}\n`);
  assert.deepEqual(await read(path, {}), all);
  for (const tail of [0, 1, 2, 3, 5, 6, 7])
    assert.deepEqual(await read(path, { tail }), all.slice(6 - Math.min(tail, 6)));
  assert.deepEqual(await read(path, { since: parseTime(at(4))! }), all.slice(3));
});

test('readLogs: a slow follower is taken along by rotation, and what was written before a file was full is not lost', async (t) => {
  const path = logFile(t, record(1, 'one'));
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const seen: string[] = [];
  for await (const { data } of follow(path, { follow: true }, ended)) {
    seen.push(data.toString().trim());
    if (seen.length > 1) continue;
    appendFileSync(path, record(2, 'two'));
    for (const [n, word] of ['three', 'four'].entries()) {
      const reopen = async (): Promise<void> => writeFileSync(path, record(n + 3, word));
      await rotateLog(path, { maxBytes: 1, files: 3 }, reopen);
    }
    end();
  }
  assert.deepEqual(seen, ['one', 'two', 'three', 'four']);
});

test('readLogs: a follower beside rotation sees every line at most once, and in order', async (t) => {
  const path = logFile(t, record(0, '0'));
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const write = async (): Promise<void> => {
    for (let n = 1; n < 300; n++) {
      const reopen = async (): Promise<void> => writeFileSync(path, record(0, `${n}`));
      await rotateLog(path, { maxBytes: 1, files: 4 }, reopen);
    }
    end();
  };
  const writing = write();
  const seen: number[] = [];
  for await (const { data } of follow(path, { follow: true }, ended)) seen.push(Number(data));
  await writing;
  assert.deepEqual(
    seen.filter((n, index) => index > 0 && n <= seen[index - 1]!),
    [],
  );
  assert.equal(seen.at(-1), 299);
});

test('rotateLog: the oldest goes, one that is not full stays, and one without a file is begun again', async (t) => {
  const path = logFile(t, 'a');
  let begun = 0;
  const rotate = (maxBytes: number, next: string) =>
    rotateLog(path, { maxBytes, files: 2 }, async () => {
      begun++;
      writeFileSync(path, next);
    });
  await rotate(2, 'never');
  assert.equal(begun, 0);
  await rotate(1, 'b');
  await rotate(1, 'c');
  assert.deepEqual([readFileSync(path, 'utf8'), readFileSync(`${path}.1`, 'utf8')], ['c', 'b']);
  rmSync(path);
  await rotate(1, 'd');
  assert.deepEqual([readFileSync(path, 'utf8'), readFileSync(`${path}.1`, 'utf8')], ['d', 'b']);
});

test('readLogs: following ends when the reader asks', async (t) => {
  const stop = new AbortController();
  const query = { stdout: true, stderr: true, follow: true };
  const seen: string[] = [];
  for await (const { data } of readLogs(logFile(t, record(1, 'one')), query, new Promise(() => {}), stop.signal)) {
    seen.push(data.toString());
    stop.abort();
  }
  assert.deepEqual(seen, ['one\n']);
});
