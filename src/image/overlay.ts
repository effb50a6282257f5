import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { AppError } from '../base/index.ts';
import { mountAsync } from '../syscall/mount.ts';

/** mount(2) copies one page of options, its final NUL included. */
const pageSize = 4096;

export type Folders = { readonly upper: string; readonly work: string; readonly merged: string };

export type OverlayMount = Folders & {
  /** Topmost first: one folder, then links of the layer store, which are all in one folder. */
  readonly lower: readonly string[];
  /** What is written need not outlive a crash: saves writing the disk's cache when it is unmounted. */
  readonly volatile?: boolean;
};

export async function mountOverlay(wanted: OverlayMount): Promise<void> {
  const options = optionsOf(wanted);
  if (fits(options)) await mountAsync('overlay', wanted.merged, 'overlay', 0, options);
  else await mountMany(wanted);
}

/** Names the layers through a descriptor of their folder, which is shorter when the data root's path is long. */
async function mountMany(wanted: OverlayMount): Promise<void> {
  const [top = '', ...layers] = wanted.lower;
  await using links = await open(dirname(layers[0] ?? top), constants.O_DIRECTORY);
  const lower = [top, ...layers.map((path) => `/proc/self/fd/${links.fd}/${basename(path)}`)];
  const options = optionsOf({ ...wanted, lower });
  if (!fits(options)) {
    throw new AppError('invalid', 'max depth exceeded: the image has more layers than fit in one overlay mount');
  }
  await mountAsync('overlay', wanted.merged, 'overlay', 0, options);
}

/** The options that decide how upper folders are written are fixed, whatever the kernel was built with. */
function optionsOf({ lower, upper, work, volatile = false }: OverlayMount): string {
  const dirs = `lowerdir=${lower.map(escaped).join(':')},upperdir=${escaped(upper)},workdir=${escaped(work)}`;
  return `${dirs},index=off,redirect_dir=off,metacopy=off${volatile ? ',volatile' : ''}`;
}

const fits = (options: string): boolean => Buffer.byteLength(options) < pageSize;

/** Kernel documentation, filesystems/overlayfs: colons and commas of a path need a backslash. */
const escaped = (path: string): string => path.replace(/[\\:,]/g, '\\$&');
