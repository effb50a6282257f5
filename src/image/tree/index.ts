import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { ArchiveJob } from '../pack/order.ts';
import { pack, packedLines } from '../pack/run.ts';

export { type Kind, kindIn, openIn } from './look.ts';
export { archiveIn, type Destination, unpack } from './unpack.ts';

/** Paths of a tree that fit a pattern of Go's filepath.Match, sorted; from the root, without a slash before. */
export const findIn = (root: string, pattern: string): Promise<string[]> =>
  packedLines<string>({ root, job: { form: 'find', pattern } });

/** Part of a tree as an archive. Names are ordinary text here. */
export function archiveOf(root: string, job: Omit<ArchiveJob, 'form'>): Readable {
  const picks = job.picks.map(({ path, name, ...rest }) => ({ path: latin1(path), name: latin1(name), ...rest }));
  return pack({ root, job: { ...job, form: 'tree', picks } });
}

/** What an archive of part of a tree depends on, as 64 hex digits. */
export async function digestIn(root: string, job: Omit<ArchiveJob, 'form' | 'timeless'>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of archiveOf(root, { ...job, timeless: true })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

const latin1 = (text: string): string => Buffer.from(text).toString('latin1');
