import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { AppError, hasCode } from '../../base/index.ts';
import { processEnvironment } from '../own-process.ts';
import type { Job, JobResult, Order, Unpacked } from './job.ts';

/** The same folder and ending as this file: child.ts in a clone, child.js when published. */
const program = fileURLToPath(import.meta.url).replace(/run(\.\w+)$/, 'child$1');

/** Unpacks layers in a process of its own, one after another. Throws `invalid` when an archive is at fault. */
export async function* extract(jobs: readonly Job[], signal: AbortSignal, input?: Readable): AsyncGenerator<Unpacked> {
  signal.throwIfAborted();
  if (jobs.length === 0) return;
  const argument = JSON.stringify({ jobs, parent: process.pid } satisfies Order);
  const child = spawn(process.execPath, [program, argument], {
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    env: processEnvironment(),
  });
  const stop = (): void => void child.kill('SIGKILL');
  const ended = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  const complaint = text(child.stderr!);
  const fed = input === undefined ? undefined : feed(input, child.stdin!, stop);
  signal.addEventListener('abort', stop, { once: true });
  let done = 0;
  try {
    for await (const line of createInterface(child.stdout!)) {
      yield accepted(JSON.parse(line) as JobResult);
      done++;
    }
    const code = await ended;
    const failure = await fed;
    if (failure !== undefined) throw failure;
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

/** A source that fails ends the process: half an archive is not to pass for a whole one. Resolves with the failure. */
async function feed(source: Readable, into: Writable, stop: () => void): Promise<unknown> {
  try {
    await pipeline(source, into);
    return undefined;
  } catch (error) {
    // The process may have had enough, and says why itself.
    if (hasCode(error, 'EPIPE')) return undefined;
    stop();
    return error;
  }
}

function accepted(result: JobResult): Unpacked {
  if (!result.ok) throw new AppError(result.invalid ? 'invalid' : 'internal', result.message);
  return result;
}
