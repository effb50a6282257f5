import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import { PassThrough, Readable, type Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { AppError } from '../../base/index.ts';
import { decompressed } from '../compression.ts';
import type { CopyJob, CopyOrder, PathStat, Report, View } from './order.ts';

/** The same folder and ending as this file: child.ts in a clone, child.js when published. */
const program = fileURLToPath(import.meta.url).replace(/run(\.\w+)$/, 'child$1');

/** What is at a path. Throws not-found, invalid, conflict. */
export async function statPath(view: View, path: string, signal: AbortSignal): Promise<PathStat> {
  await using copy = new CopyProcess(view, { verb: 'stat', path }, signal);
  return (await copy.report()).stat!;
}

/**
 * What is at a path, and an archive of it. A failure later on fails the archive; destroying that ends the work. `ended`
 * settles when the process has let go of the files.
 */
export async function copyOut(
  view: View,
  path: string,
  signal: AbortSignal,
): Promise<{ readonly stat: PathStat; readonly archive: Readable; readonly ended: Promise<void> }> {
  const copy = new CopyProcess(view, { verb: 'out', path }, signal);
  try {
    const { stat } = await copy.report();
    const archive = new PassThrough({ highWaterMark: 1 << 20 });
    return { stat: stat!, archive, ended: pump(copy, archive) };
  } catch (error) {
    await copy[Symbol.asyncDispose]();
    throw error;
  }
}

/** The archive ends only when the process has said that it is whole. */
async function pump(copy: CopyProcess, archive: PassThrough): Promise<void> {
  archive.once('close', () => copy.stop());
  try {
    const [, last] = await Promise.all([pipeline(copy.archive, archive, { end: false }), copy.report()]);
    if (last.ok) archive.end();
  } catch (error) {
    archive.destroy(error instanceof Error ? error : new Error(String(error)));
  } finally {
    await copy[Symbol.asyncDispose]();
  }
}

/** Unpacks an archive, compressed or not, into a folder. What was unpacked before a failure stays. */
export async function copyIn(
  view: View,
  job: Omit<Extract<CopyJob, { verb: 'in' }>, 'verb'>,
  body: Readable,
  signal: AbortSignal,
): Promise<void> {
  await using copy = new CopyProcess(view, { verb: 'in', ...job }, signal);
  const done = copy.report();
  const cut = send(body, copy.input).then(
    () => done,
    (error: unknown) => {
      // Else the process had enough: its own complaint says more than the broken pipe that follows from it.
      if (error instanceof AppError || body.errored !== null) throw error;
      return done;
    },
  );
  try {
    await Promise.race([done, cut]);
  } finally {
    done.catch(() => {});
    cut.catch(() => {});
    // A client that still sends gets to read the answer.
    body.resume();
  }
}

/** The source outlives a failure: it is a request that wants its answer. */
async function send(body: Readable, input: Writable): Promise<void> {
  const source = Readable.from(body.iterator({ destroyOnReturn: false }), { objectMode: false });
  await pipeline(await decompressed(source), input);
}

/** One run of the program. Disposing of it ends the process and waits until it is gone. */
class CopyProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;
  readonly #ended: Promise<unknown>;
  readonly #complaint: Promise<string>;
  readonly #signal: AbortSignal;
  readonly stop = (): void => void this.#child.kill('SIGKILL');

  constructor(view: View, job: CopyJob, signal: AbortSignal) {
    signal.throwIfAborted();
    const argument = JSON.stringify({ view, job, parent: process.pid } satisfies CopyOrder);
    this.#child = spawn(process.execPath, [program, argument], {
      stdio: [job.verb === 'in' ? 'pipe' : 'ignore', 'pipe', 'pipe', job.verb === 'out' ? 'pipe' : 'ignore'],
      env: { NODE_NO_WARNINGS: '1' },
    });
    this.#ended = new Promise((resolve) => this.#child.on('error', resolve).on('close', resolve));
    this.#complaint = text(this.#child.stderr!).catch(() => '');
    this.#reader = createInterface(this.#child.stdout!);
    this.#lines = this.#reader[Symbol.asyncIterator]();
    this.#signal = signal;
    signal.addEventListener('abort', this.stop, { once: true });
  }

  get input(): Writable {
    return this.#child.stdin!;
  }

  get archive(): Readable {
    return this.#child.stdio[3] as Readable;
  }

  /** The next report. Throws what it says went wrong. */
  async report(): Promise<Extract<Report, { ok: true }>> {
    const line = await this.#lines.next();
    if (line.done === true) {
      this.#signal.throwIfAborted();
      throw new AppError('internal', `copying ended early: ${(await this.#complaint).slice(-500)}`);
    }
    const said = JSON.parse(line.value) as Report;
    if (!said.ok) throw new AppError(said.kind, said.message);
    return said;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
    this.#signal.removeEventListener('abort', this.stop);
    await this.#ended;
    this.#reader.close();
  }
}
