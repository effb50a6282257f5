import type { Readable } from 'node:stream';
import { AppError } from '../../base/index.ts';
import { copyIn, copyOut, type PathStat, statPath } from '../../image/index.ts';
import { resolveUser } from '../../runtime/index.ts';
import { announce } from '../container/announce.ts';
import type { Container } from '../container/container.ts';
import type { Parts } from '../parts.ts';
import { borrowRoot } from './borrow.ts';
import { accessOf, viewOf } from './view.ts';

/** Which container's files, by the name that the client used. */
export type Place = { readonly ref: string; readonly path: string; readonly signal: AbortSignal };

export type CopyInOptions = { readonly keepKinds: boolean; readonly copyOwner: boolean };

/** HEAD /containers/{id}/archive. */
export async function statIn(parts: Parts, place: Place): Promise<PathStat> {
  const container = parts.containers.find(place.ref);
  await using root = await borrowRoot(parts, container, place.signal);
  return await named(place, async () => statPath(await viewOf(parts, container, root), place.path, root.signal));
}

/** GET /containers/{id}/archive. The root file system is held until the archive is read, or destroyed. */
export async function readFrom(
  parts: Parts,
  place: Place,
): Promise<{ readonly stat: PathStat; readonly archive: Readable }> {
  const container = parts.containers.find(place.ref);
  await using holding = new AsyncDisposableStack();
  const root = holding.use(await borrowRoot(parts, container, place.signal));
  const { stat, archive, ended } = await named(place, async () =>
    copyOut(await viewOf(parts, container, root), place.path, root.signal),
  );
  const held = holding.move();
  void ended.then(() => held.disposeAsync()).catch((error: unknown) => parts.log.error(`archive: ${String(error)}`));
  announce(parts, container, 'archive-path');
  return { stat, archive };
}

/** PUT /containers/{id}/archive. */
export async function writeTo(parts: Parts, place: Place, body: Readable, options: CopyInOptions): Promise<void> {
  const container = parts.containers.find(place.ref);
  await using root = await borrowRoot(parts, container, place.signal);
  const { path } = place;
  const job = {
    path,
    keepKinds: options.keepKinds,
    owner: options.copyOwner ? ownerIn(container, root.rootfs) : undefined,
    access: accessOf(container),
  };
  await named(place, async () => copyIn(await viewOf(parts, container, root), job, body, root.signal));
  announce(parts, container, 'extract-to-dir');
}

/** The container's user; the archive's owners stay when it has none. */
function ownerIn({ record }: Container, rootfs: string): { readonly uid: number; readonly gid: number } | undefined {
  if (record.config.User === '') return undefined;
  const { uid, gid } = resolveUser(rootfs, record.config.User);
  return { uid, gid };
}

async function named<T>({ ref, path }: Place, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof AppError && error.kind === 'not-found') || error.message.startsWith('No such')) throw error;
    throw new AppError('not-found', `Could not find the file ${path} in container ${ref}`, { cause: error });
  }
}
