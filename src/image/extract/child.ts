import { createHash } from 'node:crypto';
import { closeSync, constants, createReadStream, openSync, readSync, writeSync } from 'node:fs';
import { AppError, hasCode, messageOf } from '../../base/index.ts';
import { chroot, dieWithParent, fchdir } from '../../syscall/files.ts';
import { bombIn } from '../bombs.ts';
import { inflate } from '../compression.ts';
import { enterTree } from '../own-process.ts';
import type { Job, JobResult, Order } from './job.ts';
import { PlacedTree } from './placed-tree.ts';
import { TarReader } from './tar.ts';
import { LayerTree } from './tree.ts';

/**
 * The program that unpacks layers, in a process of its own: it makes the layer's folder its root directory first, so that
 * no name and no link of an archive leads anywhere else, and it may wait for the disk without holding up the engine.
 */

const SIGKILL = 9;
const chunkSize = 1 << 20;

async function run({ jobs, parent }: Order): Promise<void> {
  dieWithParent(SIGKILL);
  if (process.ppid !== parent) throw new Error('the engine ended');
  process.umask(0);
  const root = openSync('/', constants.O_RDONLY | constants.O_DIRECTORY);
  for (const job of jobs) {
    const blob = job.blob === '' ? 0 : openSync(job.blob, 'r');
    enterTree(job.target);
    const result = await unpack(blob, job).catch(failure);
    writeSync(1, `${JSON.stringify(result)}\n`);
    if (!result.ok) return;
    // The way back for the next job: nothing in an archive can name a descriptor.
    fchdir(root);
    chroot('.');
  }
}

async function unpack(fd: number, { compression, under, parents }: Job): Promise<JobResult> {
  const tree = under === undefined ? new LayerTree() : new PlacedTree(under, parents);
  const reader = new TarReader(tree);
  const diffId = compression === 'none' ? undefined : await readCompressed(fd, compression, reader);
  if (diffId === undefined) readPlain(fd, reader);
  reader.finish();
  tree.finish();
  return { ok: true, size: tree.size, ...(diffId !== undefined && { diffId }) };
}

function readPlain(fd: number, reader: TarReader): void {
  const buffer = Buffer.allocUnsafe(chunkSize);
  for (;;) {
    const n = readSync(fd, buffer);
    if (n === 0) break;
    reader.push(buffer.subarray(0, n));
  }
  closeSync(fd);
}

async function readCompressed(fd: number, compression: Job['compression'], reader: TarReader): Promise<string> {
  if (compression !== 'gzip' && compression !== 'zstd') {
    throw new AppError('invalid', `layers compressed with ${compression} are not supported: use gzip or zstd`);
  }
  const source = createReadStream('', { fd, highWaterMark: chunkSize });
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of inflate(source, compression) as AsyncIterable<Buffer>) {
    size += chunk.length;
    const bomb = bombIn(source.bytesRead, size);
    if (bomb !== undefined) throw bomb;
    hash.update(chunk);
    reader.push(chunk);
  }
  return `sha256:${hash.digest('hex')}`;
}

/** zlib's codes are about the data: Z_DATA_ERROR, ZSTD_error_…; the stream's end comes as Z_BUF_ERROR. */
function failure(error: unknown): JobResult {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const isData = /^Z_|^ZSTD_/.test(code);
  const invalid = isData || (error instanceof AppError && error.kind === 'invalid');
  if (hasCode(error, 'Z_BUF_ERROR')) return { ok: false, invalid, message: 'unexpected EOF' };
  return { ok: false, invalid, message: messageOf(error) };
}

await run(JSON.parse(process.argv[2] ?? '') as Order);
