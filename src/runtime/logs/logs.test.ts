import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
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

const never = new AbortController().signal;
const room = (maxBytes: number, files: number, compress = false) => ({ maxBytes, files, compress });

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

/** Nine lines in three files: two that were put aside, and the one being written; the parts of one line across two. */
function severalFiles(t: { after(fn: () => void): void }, compressed: readonly number[]): string {
  const path = logFile(t, record(7, 'seven') + record(8, 'eight', 'stderr') + record(9, 'nine'));
  const aside = [
    record(1, 'one') + record(2, 'two') + record(3, 'th', 'stdout', 'P'),
    record(3, 'ree') + record(4, 'four') + record(5, 'five', 'stderr') + record(6, 'six'),
  ];
  for (const [index, text] of aside.entries()) {
    if (compressed.includes(index)) writeFileSync(`${path}.${index + 9}.gz`, gzipSync(text));
    else writeFileSync(`${path}.${index + 9}`, text);
  }
  for (const stranger of ['tmp', '8.gz.tmp', '11.0a0b.tmp', '0', 'x1', '10.old'])
    writeFileSync(`${path}.${stranger}`, record(9, 'not a part'));
  return path;
}

/** Each line with its time, as a list of its records. */
const lines = [
  ['1 one'],
  ['2 two'],
  ['3 th', '3 ree'],
  ['4 four'],
  ['5 five'],
  ['6 six'],
  ['7 seven'],
  ['8 eight'],
  ['9 nine'],
];
const second = (line: readonly string[]): number => Number(line[0]![0]);

for (const compressed of [[], [0], [0, 1]]) {
  test(`readLogs: every tail, since and until over several files, ${compressed.length} of them compressed`, async (t) => {
    const path = severalFiles(t, compressed);
    const before = readdirSync(dirname(path)).length;
    for (const tail of [undefined, 0, 1, 2, 3, 4, 6, 7, 8, 9, 10]) {
      for (const [from, to] of [
        [0, 10],
        [4, 10],
        [0, 6],
        [3, 8],
        [7, 7],
        [9, 2],
      ] as const) {
        const seen: string[] = [];
        const query = {
          since: parseTime(at(from))!,
          until: parseTime(at(to))!,
          ...(tail === undefined ? {} : { tail }),
        };
        for await (const { data, at: time } of follow(path, query, Promise.resolve()))
          seen.push(`${time.getUTCSeconds()} ${data.toString().trimEnd()}`);
        const tailed = tail === 0 ? [] : lines.slice(-(tail ?? 99));
        const want = tailed.filter((line) => second(line) >= from && second(line) <= to).flat();
        assert.deepEqual(seen, want, `tail ${tail}, ${from} to ${to}`);
      }
    }
    assert.equal(readdirSync(dirname(path)).length, before, 'nothing is left of reading');
  });
}

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
      await rotateLog(path, room(1, 3), reopen, never);
    }
    end();
  }
  assert.deepEqual(seen, ['one', 'two', 'three', 'four']);
});

for (const compress of [false, true]) {
  test(`readLogs: a follower beside rotation sees every line at most once, and in order${compress ? ', also when they are compressed' : ''}`, async (t) => {
    const path = logFile(t, record(0, '0'));
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const write = async (): Promise<void> => {
      for (let n = 1; n < 300; n++) {
        const reopen = async (): Promise<void> => writeFileSync(path, record(0, `${n}`));
        await rotateLog(path, room(1, 4, compress), reopen, never);
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
}

test('rotateLog: the oldest goes, one that is not full stays, and one without a file is begun again', async (t) => {
  const path = logFile(t, 'a');
  let begun = 0;
  const rotate = (maxBytes: number, next: string) =>
    rotateLog(
      path,
      room(maxBytes, 2),
      async () => {
        begun++;
        writeFileSync(path, next);
      },
      never,
    );
  const files = () => readdirSync(dirname(path)).map((name) => `${name} ${readFileSync(join(dirname(path), name))}`);
  await rotate(2, 'never');
  assert.equal(begun, 0);
  await rotate(1, 'b');
  await rotate(1, 'c');
  assert.deepEqual(files(), ['log c', 'log.2 b']);
  rmSync(path);
  await rotate(1, 'd');
  assert.deepEqual(files(), ['log d', 'log.2 b']);
});

test('rotateLog: what was put aside is compressed at the next look, when nobody writes it any more', async (t) => {
  const path = logFile(t, 'a');
  const look = (maxBytes: number, next: string, signal = never) =>
    rotateLog(path, room(maxBytes, 3, true), async () => writeFileSync(path, next), signal);
  const names = () => readdirSync(dirname(path)).sort();
  await look(1, 'b');
  assert.deepEqual(names(), ['log', 'log.1']);
  await look(9, '', AbortSignal.abort());
  assert.deepEqual(names(), ['log', 'log.1'], 'left as it was');
  writeFileSync(`${path}.1.gz.tmp`, 'of an engine that was killed');
  await look(9, '');
  assert.deepEqual(names(), ['log', 'log.1.gz']);
  assert.equal(gunzipSync(readFileSync(`${path}.1.gz`)).toString(), 'a');
  await look(1, 'c');
  await look(1, 'd');
  assert.deepEqual(names(), ['log', 'log.2.gz', 'log.3']);
  rmSync(path); // the writer has not begun a new one: it may still write the last
  await look(1, 'e');
  assert.deepEqual(names(), ['log', 'log.2.gz', 'log.3']);
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
