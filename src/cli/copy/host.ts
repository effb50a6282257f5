import { lstat, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import tar, { type ExtractOptions, type PackOptions } from 'tar-fs';
import type { Header } from 'tar-stream';
import { type Found, meansContent, meansFolder, placeIn, renamed, type Source } from './place.ts';

/** A file or folder of this host that is to be copied. */
export type HostSource = Source & { readonly path: string };

/** A link is copied as one, unless it is to be followed or the path says that it leads to a folder. */
export async function hostSource(given: string, followLink: boolean): Promise<HostSource> {
  const path = followLink || meansFolder(given) ? await realpath(given).catch(absent(given)) : resolve(given);
  const stats = await lstat(path).catch(absent(given));
  return { path, isFolder: stats.isDirectory(), base: meansContent(given) ? '.' : basename(resolve(given)) };
}

const absent =
  (given: string) =>
  (error: NodeJS.ErrnoException): never => {
    throw error.code === 'ENOENT' ? new Error(`lstat ${resolve(given)}: no such file or directory`) : error;
  };

/** The archive of it, whose first member is called `name`. */
export function packHost({ path, isFolder }: HostSource, name: string): Readable {
  const archive = tar.pack(isFolder ? path : dirname(path), {
    ...(isFolder ? {} : { entries: [basename(path)] }),
    umask: 0,
    map: (header) => {
      const inner = isFolder ? header.name : '.';
      return { ...header, name: inner === '.' ? name : `${name}/${inner}` };
    },
  } as PackOptions);
  return Readable.from(archive, { objectMode: false });
}

/** Unpacks a container's `archive` at `path` of this host. Who copies owns the files. */
export async function unpackOnHost(archive: Readable, from: string, source: Source, path: string): Promise<void> {
  const end = await hostEnd(path);
  const { folder, name } = placeIn(source, end);
  const into = tar.extract(await realpath(folder), {
    // Nothing is written through a link, wherever it leads: tar-fs looks at every folder on the way.
    validateSymlinks: false,
    chown: false,
    umask: 0,
    map: (header: Header) => ({
      ...header,
      name: renamed(header.name, from, name),
      ...(header.type === 'link' ? { linkname: renamed(header.linkname ?? '', from, name) } : {}),
    }),
  } as object as ExtractOptions);
  await pipeline(archive, into);
}

async function hostEnd(given: string): Promise<Found> {
  const parent = dirname(resolve(given));
  if (!(await isFolder(parent))) throw new Error(`invalid output path: directory "${parent}" does not exist`);
  try {
    const path = await realpath(given);
    const stats = await stat(path);
    if (!stats.isDirectory() && !stats.isFile()) throw new Error(`cannot copy to ${given}: neither file nor folder`);
    return { path, exists: true, isFolder: stats.isDirectory() };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return { path: join(parent, basename(given)) + (meansFolder(given) ? '/' : ''), exists: false, isFolder: false };
  }
}

const isFolder = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
