import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough, pipeline, Readable, Transform } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { AppError, hasCode, messageOf } from '../base/index.ts';
import { bombIn } from './bombs.ts';
import { ZstdFrames } from './zstd-frames.ts';

export type Compression = 'none' | 'gzip' | 'zstd' | 'bzip2' | 'xz';

/** OCI image-spec, media types of layers. */
export const mediaTypes = {
  none: 'application/vnd.oci.image.layer.v1.tar',
  gzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
  zstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
} as const;
export type MediaType = (typeof mediaTypes)[keyof typeof mediaTypes];

const magic: readonly (readonly [Compression, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b, 0x08]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
];
/** How many bytes `sniff` wants to see. */
export const magicBytes = 6;

/** The compression of a stream by its first bytes. */
export function sniff(head: Uint8Array): Compression {
  return magic.find(([, bytes]) => bytes.every((byte, i) => head[i] === byte))?.[0] ?? 'none';
}

const chunkSize = 256 * 1024;

/** Decompresses on the thread pool (node:zlib). A failure of the source fails the result. */
export function inflate(source: Readable, compression: 'gzip' | 'zstd'): Readable {
  // The result carries every failure; the callback is for those who have no result to look at.
  const done = (): void => {};
  if (compression === 'gzip') return pipeline(source, createGunzip({ chunkSize }), done);
  return pipeline(source, new ZstdFrames(), createZstdDecompress({ chunkSize }), done);
}

/**
 * The same bytes, uncompressed whatever the compression. A failure of the source or of the data fails the result; so does
 * an archive that turns out to be a bomb.
 */
export async function decompressed(source: Readable): Promise<Readable> {
  const { head, rest } = await peek(source);
  const compression = sniff(head);
  if (compression === 'none') return rest;
  let taken = 0;
  let given = 0;
  const before = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      taken += chunk.length;
      done(null, chunk);
    },
  });
  const after = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      given += chunk.length;
      done(bombIn(taken, given), chunk);
    },
  });
  // What comes later in a pipeline carries every failure of what comes before it.
  pipeline(rest, before, () => {});
  const plain =
    compression === 'gzip' || compression === 'zstd'
      ? inflate(before, compression)
      : throughProgram(before, compression);
  return pipeline(plain, after, () => {});
}

/**
 * Reads the first bytes, and answers with them and a stream that has them still. Throws what the source throws. All
 * that is there is taken each time: asking again for bytes that have not come would never let them come.
 */
async function peek(source: Readable): Promise<{ readonly head: Buffer; readonly rest: Readable }> {
  const parts: Buffer[] = [];
  for (;;) {
    if (source.errored) throw source.errored;
    const part: unknown = source.read();
    if (part instanceof Uint8Array) parts.push(Buffer.from(part.buffer, part.byteOffset, part.byteLength));
    const head = Buffer.concat(parts);
    if (source.readableEnded) return { head, rest: Readable.from(parts, { objectMode: false }) };
    if (head.length >= magicBytes) {
      source.unshift(head);
      return { head, rest: source };
    }
    if (source.destroyed) throw new AppError('invalid', 'unexpected EOF');
    const settled = new AbortController();
    const { signal } = settled;
    await Promise.race(['readable', 'end', 'close'].map((event) => once(source, event, { signal })));
    settled.abort();
  }
}

/** bzip2 and xz are rare: the system's own programs do them. */
function throughProgram(source: Readable, program: 'bzip2' | 'xz'): Readable {
  const child = spawn(program, ['-dc'], { stdio: ['pipe', 'pipe', 'pipe'] });
  const out = new PassThrough();
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = `${complaint}${text}`.slice(0, 500);
  });
  child.on('error', (error) => out.destroy(missing(program, error)));
  child.on('close', (code) => {
    if (code === 0) out.end();
    else out.destroy(new AppError('invalid', `${program}: ${complaint.trim() || `exit status ${code}`}`));
  });
  // The program's own complaint says more than the broken pipe that follows from it.
  pipeline(source, child.stdin, () => {});
  child.stdout.pipe(out, { end: false });
  out.on('close', () => child.kill());
  return out;
}

function missing(program: string, error: Error): AppError {
  const text = hasCode(error, 'ENOENT')
    ? `the archive is compressed with ${program}, and this machine has no ${program} program: install it, or recompress with gzip or zstd`
    : `cannot run ${program}: ${messageOf(error)}`;
  return new AppError('invalid', text, { cause: error });
}
