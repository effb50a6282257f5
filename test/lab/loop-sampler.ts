/**
 * Loaded into a process with --import: measures how long its event loop is held. On SIGUSR2 it writes what it has seen
 * to the file named by LOOP_SAMPLES and begins anew.
 */
import { openSync, readSync, writeFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

/**
 * What held the loop between two ticks of a timer, in milliseconds: `ran` on a processor, and `blocked` in the kernel.
 * When the main thread was ready to run, and the machine had no processor for it, counts as neither.
 */
export type Hold = { readonly at: number; readonly ran: number; readonly blocked: number };
export type LoopSamples = {
  readonly ticks: number;
  /** Of `ran`, and of both together. */
  readonly p99: { readonly ran: number; readonly held: number };
  /** The longest, worst first; `at` counts from the last report. */
  readonly worst: readonly Hold[];
  /** The longest that the main thread waited for a processor. */
  readonly queued: number;
};

const tickMs = 1;
const kept = 20;
const file = process.env['LOOP_SAMPLES'];
// A process that the engine starts inherits the environment, and is not asked.
if (file !== undefined && !process.argv.some((argument) => argument.includes('extract'))) sample(file);

type Reading = { readonly active: number; readonly ran: number; readonly queued: number };

function sample(path: string): void {
  const scheduled = scheduleClock();
  const read = (): Reading => ({ active: performance.eventLoopUtilization().active, ...scheduled() });
  let holds: (Hold & { readonly queued: number })[] = [];
  let began = performance.now();
  let last = read();
  setInterval(() => {
    const now = read();
    const queued = now.queued - last.queued;
    const held = Math.max(now.active - last.active - queued, 0);
    const ran = Math.min(now.ran - last.ran, held);
    holds.push({ at: Math.round(performance.now() - began), ran, blocked: held - ran, queued });
    last = now;
  }, tickMs);
  process.on('SIGUSR2', () => {
    writeFileSync(path, JSON.stringify(summary(holds)));
    holds = [];
    began = performance.now();
    last = read();
  });
}

function summary(holds: readonly (Hold & { readonly queued: number })[]): LoopSamples {
  const sorted = holds.toSorted((a, b) => lengthOf(b) - lengthOf(a));
  const worst = sorted.slice(0, kept).map(({ at, ran, blocked }) => ({ at, ran, blocked }));
  const [ran, held] = [holds.map((hold) => hold.ran), holds.map(lengthOf)].map(percentile99) as [number, number];
  const p99 = { ran, held };
  return { ticks: sorted.length, p99, worst, queued: Math.max(...holds.map(({ queued }) => queued)) };
}

const percentile99 = (values: readonly number[]): number =>
  values.toSorted((a, b) => b - a)[Math.floor(values.length / 100)]!;

const lengthOf = (hold: Hold): number => hold.ran + hold.blocked;

/** How long the main thread has run and waited for a processor: schedstat, the first two fields (proc(5)). */
function scheduleClock(): () => { readonly ran: number; readonly queued: number } {
  const fd = openSync(`/proc/self/task/${process.pid}/schedstat`, 'r');
  const buffer = Buffer.alloc(128);
  return () => {
    const [ran, queued] = buffer.toString('latin1', 0, readSync(fd, buffer, 0, buffer.length, 0)).split(' ');
    return { ran: Number(ran) / 1e6, queued: Number(queued) / 1e6 };
  };
}
