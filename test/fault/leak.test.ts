import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { engineForFile, leavesNothing } from '../e2e/engine.ts';
import type { Memory } from '../lab/memory-probe.ts';
import { until } from '../lab/until.ts';

const folder = mkdtempSync(join(tmpdir(), 'ptl-memory-'));
after(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'memory.json');
const probe = resolve(import.meta.dirname, '../lab/memory-probe.ts');
const bench = engineForFile({ env: { NODE_OPTIONS: `--import ${probe}`, MEMORY_PROBE: file } });

const kib = 1024;

type Held = Memory & { readonly descriptors: number; readonly threads: number };

/** What the engine holds when it has nothing to do. */
async function held(): Promise<Held> {
  await sleep(1000);
  rmSync(file, { force: true });
  process.kill(bench.engine.pid, 'SIGUSR2');
  await until('the engine writes what it holds', () => existsSync(file));
  const count = (kind: string): number => readdirSync(`/proc/${bench.engine.pid}/${kind}`).length;
  const memory = JSON.parse(readFileSync(file, 'utf8')) as Memory;
  return { ...memory, descriptors: count('fd'), threads: count('task') };
}

/** `times` of `verb`, four at once. */
async function repeat(times: number, verb: (turn: number) => Promise<unknown>): Promise<void> {
  let turn = 0;
  const lane = async (): Promise<void> => {
    while (turn < times) await verb(turn++);
  };
  await Promise.all([lane(), lane(), lane(), lane()]);
}

type Allowed = {
  readonly warmUp: number;
  readonly times: number;
  /** Of the heap, for each turn: compiled code grows it for a while. */
  readonly heapBytes: number;
};

/** Does something many times, and shows that the engine holds the same as after the first few. */
async function holdsNoMore(
  t: TestContext,
  { warmUp, times, heapBytes }: Allowed,
  verb: (turn: number) => Promise<unknown>,
): Promise<void> {
  await repeat(warmUp, verb);
  const before = await held();
  await leavesNothing(bench.engine, () => repeat(times, verb));
  const now = await held();
  const perTurn = (bytes: number): string => `${Math.round(bytes / times)} bytes a turn`;
  t.diagnostic(`heap: ${perTurn(now.heapBytes - before.heapBytes)} of ${Math.round(now.heapBytes / kib)} KiB`);
  t.diagnostic(`buffers: ${perTurn(now.bufferBytes - before.bufferBytes)}; descriptors: ${now.descriptors}`);
  const { descriptors, threads, timers } = before;
  assert.deepEqual(
    { descriptors, threads, timers },
    { descriptors: now.descriptors, threads: now.threads, timers: now.timers },
  );
  assert.ok(now.heapBytes - before.heapBytes < heapBytes * times, `heap: ${perTurn(now.heapBytes - before.heapBytes)}`);
  assert.ok(
    now.bufferBytes - before.bufferBytes < 128 * kib,
    `buffers: ${perTurn(now.bufferBytes - before.bufferBytes)}`,
  );
}

// Compiled code comes and goes by the megabyte: over so many turns it does not hide what each leaves.
test('nine hundred containers that came and went are forgotten', async (t) => {
  const run = (): Promise<string> => bench.engine.ok('run', '--rm', '-p', '80', 'busybox', 'true');
  await holdsNoMore(t, { warmUp: 100, times: 900, heapBytes: 1.5 * kib }, run);
});

test('processes run in containers are forgotten with them', async (t) => {
  await holdsNoMore(t, { warmUp: 2, times: 4, heapBytes: 100 * kib }, async (turn) => {
    const name = `host${turn}`;
    await bench.engine.ok('run', '-d', '--name', name, 'busybox', 'sleep', '1000');
    for (let round = 0; round < 25; round++) {
      await bench.engine.dockerWith({ input: 'x'.repeat(5000) }, 'exec', '-i', name, 'cat');
    }
    await bench.engine.ok('rm', '-f', name);
  });
});

test('networks that were made, joined, left and removed are forgotten', async (t) => {
  await bench.engine.ok('run', '-d', '--name', 'joins', 'busybox', 'sleep', '1000');
  await holdsNoMore(t, { warmUp: 20, times: 60, heapBytes: 6 * kib }, async (turn) => {
    const name = `net${turn}`;
    await bench.engine.ok('network', 'create', name);
    await bench.engine.ok('network', 'connect', name, 'joins');
    await bench.engine.ok('network', 'disconnect', name, 'joins');
    await bench.engine.ok('network', 'rm', name);
  });
  await bench.engine.ok('rm', '-f', 'joins');
});

test('clients that are killed while they follow something are forgotten', async (t) => {
  const chatter = 'while sleep 0.05; do echo x; done';
  await bench.engine.ok('run', '-d', '--name', 'talks', 'busybox', 'sh', '-c', chatter);
  const follow = [
    ['logs', '-f', 'talks'],
    ['attach', '--no-stdin', 'talks'],
    ['events'],
    ['wait', 'talks'],
    ['stats', 'talks'],
  ];
  await holdsNoMore(t, { warmUp: 15, times: 60, heapBytes: 6 * kib }, (turn) =>
    bench.engine.dockerWith({ timeoutMs: 400 }, ...follow[turn % follow.length]!).catch(() => {}),
  );
  await bench.engine.ok('rm', '-f', 'talks');
});
