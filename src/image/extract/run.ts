import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { AppError } from '../../base/index.ts';
import type { Job, JobResult } from './job.ts';

/** The same folder and ending as this file: child.ts in a clone, child.js when published. */
const program = fileURLToPath(import.meta.url).replace(/run(\.\w+)$/, 'child$1');

/** Unpacks one layer in a process of its own. Throws `invalid` when the archive is at fault. */
export async function extract(
  job: Omit<Job, 'parent'>,
  signal: AbortSignal,
): Promise<JobResult & { readonly ok: true }> {
  const argument = JSON.stringify({ ...job, parent: process.pid } satisfies Job);
  const child = spawn(process.execPath, [program, argument], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { NODE_NO_WARNINGS: '1' },
    signal,
    killSignal: 'SIGKILL',
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const [output, complaint, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (output === '')
    throw new AppError('internal', `unpacking a layer ended with status ${code}: ${complaint.slice(-500)}`);
  const result = JSON.parse(output) as JobResult;
  if (!result.ok) throw new AppError(result.invalid ? 'invalid' : 'internal', result.message);
  return result;
}
