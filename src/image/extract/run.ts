import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { AppError } from '../../base/index.ts';
import type { Job, JobResult, Order, Unpacked } from './job.ts';

/** The same folder and ending as this file: child.ts in a clone, child.js when published. */
const program = fileURLToPath(import.meta.url).replace(/run(\.\w+)$/, 'child$1');

/** Unpacks layers in a process of its own, one after another. Throws `invalid` when an archive is at fault. */
export async function* extract(jobs: readonly Job[], signal: AbortSignal): AsyncGenerator<Unpacked> {
  signal.throwIfAborted();
  if (jobs.length === 0) return;
  const argument = JSON.stringify({ jobs, parent: process.pid } satisfies Order);
  const child = spawn(process.execPath, [program, argument], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { NODE_NO_WARNINGS: '1' },
  });
  const ended = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  const complaint = text(child.stderr);
  const stop = (): void => void child.kill('SIGKILL');
  signal.addEventListener('abort', stop, { once: true });
  let done = 0;
  try {
    for await (const line of createInterface(child.stdout)) {
      yield accepted(JSON.parse(line) as JobResult);
      done++;
    }
    const code = await ended;
    if (done < jobs.length) {
      throw new AppError('internal', `unpacking a layer ended with status ${code}: ${(await complaint).slice(-500)}`);
    }
  } finally {
    stop();
    signal.removeEventListener('abort', stop);
    // Nothing may be written to a folder that is about to be discarded.
    await ended.catch(() => {});
  }
}

function accepted(result: JobResult): Unpacked {
  if (!result.ok) throw new AppError(result.invalid ? 'invalid' : 'internal', result.message);
  return result;
}
