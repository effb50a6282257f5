import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { PassThrough, type Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { AppError } from '../../base/index.ts';
import { processEnvironment } from '../own-process.ts';
import type { PackOrder } from './order.ts';

/** The same folder and ending as this file: child.ts in a clone, child.js when published. */
const program = fileURLToPath(import.meta.url).replace(/run(\.\w+)$/, 'child$1');

/** The answer of a packing process. A failure of the process fails it; destroying it ends the process. */
export function pack(order: Omit<PackOrder, 'parent'>): Readable {
  const argument = JSON.stringify({ ...order, parent: process.pid } satisfies PackOrder);
  const child = spawn(process.execPath, [program, argument], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: processEnvironment(),
  });
  const out = new PassThrough({ highWaterMark: 1 << 20 });
  const complaint = text(child.stderr).catch(() => '');
  child.stdout.pipe(out, { end: false });
  child.on('error', (error) => out.destroy(error));
  child.on('close', async (code) => {
    if (code === 0) out.end();
    else
      out.destroy(
        new AppError('internal', `reading files failed: ${(await complaint).slice(-500) || `status ${code}`}`),
      );
  });
  out.on('close', () => child.kill('SIGKILL'));
  return out;
}

/** The whole answer, a JSON document a line. */
export async function packedLines<T>(order: Omit<PackOrder, 'parent'>): Promise<T[]> {
  const lines: T[] = [];
  for await (const line of createInterface(pack(order))) lines.push(JSON.parse(line) as T);
  return lines;
}
