import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { AppError } from '../../base/index.ts';
import { unpack } from '../../image/index.ts';
import { isAddress, openAddress } from '../remote/address.ts';
import { checkOut, isRepository } from '../remote/git.ts';

/** Larger than any Dockerfile. */
const largestText = 1 << 20;

/** Fills an empty folder with a build's context; answers the folder that is its root. Throws `invalid`. */
export type Fill = (root: string) => Promise<string>;

/** The archive that a client sends. */
export const fromArchive =
  (body: Readable, signal: AbortSignal): Fill =>
  async (root) => {
    await unpack(body, { root, under: '/' }, signal);
    return root;
  };

/**
 * What the engine itself is to fetch (`remote`): a repository, an archive, or a Dockerfile alone. `begun` is told of what
 * is downloaded.
 */
export const fromRemote =
  (remote: string, dockerfile: string, begun: () => Promise<void>, signal: AbortSignal): Fill =>
  async (root) => {
    if (isRepository(remote)) return checkOut(remote, root, signal);
    if (!isAddress(remote)) throw new AppError('invalid', `remoteURL (${remote}) could not be recognized as URL`);
    await begun();
    const answer = await openAddress(remote, signal);
    if (await isText(answer)) {
      const path = join(root, posix.normalize(`/${dockerfile}`));
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, await textOf(answer));
    } else await unpack(answer, { root, under: '/' }, signal);
    return root;
  };

/** By its first bytes, as Docker tells them apart: servers seldom know. Archives, compressed or not, have zeros there. */
async function isText(answer: Readable): Promise<boolean> {
  await once(answer, 'readable');
  const head = answer.read() as Buffer | null;
  if (head === null) return true;
  answer.unshift(head);
  return !head.subarray(0, 512).includes(0) && head.toString('latin1', 0, 3) !== 'BZh';
}

async function textOf(answer: Readable): Promise<Buffer> {
  let size = 0;
  answer.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > largestText) answer.destroy(new AppError('invalid', 'the Dockerfile is larger than a MiB'));
  });
  return buffer(answer);
}
