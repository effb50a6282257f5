import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { engineForFile } from '../e2e/engine.ts';
import type { LoopSamples } from '../lab/loop-sampler.ts';

/** Milliseconds: nothing holds the event loop longer, or names are answered late. */
const limit = 5;
/** Milliseconds that a busy machine of two processors adds to any measurement. */
const slack = 5;

const folder = mkdtempSync(join(tmpdir(), 'ptl-loop-'));
const sampler = resolve(import.meta.dirname, '../lab/loop-sampler.ts');
const samples = { engine: join(folder, 'engine.json'), idle: join(folder, 'idle.json') };
const load = (file: string) => ({ NODE_OPTIONS: `--import ${sampler}`, LOOP_SAMPLES: file });
const bench = engineForFile({ env: load(samples.engine) });
/** The same measurement on a process with nothing to do: what the machine does to everybody. */
const idle = spawn(process.execPath, ['--import', sampler, '-e', '0'], {
  env: { ...process.env, ...load(samples.idle) },
});
after(() => {
  idle.kill();
  rmSync(folder, { recursive: true });
});
type Docker = (...args: string[]) => Promise<unknown>;

async function work(docker: Docker, round: number): Promise<void> {
  const [name, network] = [`c${round}`, `n${round}`];
  await docker('run', '--rm', 'busybox', 'true');
  await docker('run', '-d', '--name', name, '-p', '80', 'busybox', 'sleep', '1000');
  await docker('network', 'create', network);
  await docker('network', 'connect', network, name);
  await docker('exec', name, 'true');
  await docker('network', 'disconnect', network, name);
  await docker('network', 'rm', network);
  await docker('inspect', name);
  await docker('rm', '-f', name);
}

type Measured = { readonly engine: LoopSamples; readonly idle: LoopSamples };

async function measured(body: (docker: Docker) => Promise<unknown>): Promise<Measured> {
  const docker: Docker = (...args) => bench.engine.ok(...args);
  await work(docker, 0); // the first of each kind compiles what the others use
  await report();
  await body(docker);
  return report();
}

async function report(): Promise<Measured> {
  process.kill(bench.engine.pid, 'SIGUSR2');
  idle.kill('SIGUSR2');
  await sleep(300);
  const read = (file: string): LoopSamples => JSON.parse(readFileSync(file, 'utf8')) as LoopSamples;
  return { engine: read(samples.engine), idle: read(samples.idle) };
}

/**
 * Strict in what the engine itself does in a turn. A call handed to the thread pool also waits (in glibc before 2.41)
 * until threads that were woken before have found a processor: as long as the idle process had to wait for one.
 */
function neverHeld(t: TestContext, { engine, idle: beside }: Measured, clients: number): void {
  const show = ({ at, ran, blocked }: LoopSamples['worst'][number]): string =>
    `${(ran + blocked).toFixed(1)} ms at ${at} (ran ${ran.toFixed(1)})`;
  t.diagnostic(`p99 ${engine.p99.held.toFixed(1)} ms, ran ${engine.p99.ran.toFixed(1)}`);
  t.diagnostic(`worst: ${engine.worst.slice(0, 5).map(show).join(', ')}`);
  t.diagnostic(`an idle process waited ${beside.queued.toFixed(1)} ms for a processor`);
  assert.ok(engine.p99.ran <= limit, `one in a hundred turns runs for ${engine.p99.ran} ms`);
  const waits = Math.max(beside.queued, engine.queued);
  assert.ok(
    engine.p99.held <= limit + (clients === 1 ? 0 : waits) + slack,
    `one in a hundred turns takes ${engine.p99.held} ms`,
  );
  // The single worst turn of a run may hold a collection of garbage, or a compilation: bounded, but not by the limit.
  const longest = engine.worst.filter(({ ran }) => ran > limit * 4);
  assert.deepEqual(longest, [], `ran for longer than ${limit * 4} ms`);
}

test('the event loop is not held while containers and networks come and go, one after another', async (t) => {
  const result = await measured(async (docker) => {
    for (let round = 0; round < 15; round++) await work(docker, round);
  });
  neverHeld(t, result, 1);
});

test('the event loop is not held while ten clients make and remove containers and networks at once', async (t) => {
  const result = await measured((docker) => Promise.all(Array.from({ length: 10 }, (_, round) => work(docker, round))));
  neverHeld(t, result, 10);
});
