import { AppError } from '../../base/index.ts';
import type { Access } from './order.ts';

/** Throws `invalid` with Docker's texts when a folder (absolute, without links) cannot be written to. */
export function checkAccess(folder: string, { rootfs, mounts }: Access): void {
  const above = mounts
    .filter(({ destination }) => folder === destination || folder.startsWith(`${destination}/`))
    .toSorted((a, b) => b.destination.length - a.destination.length)[0];
  if (above !== undefined && !above.writable) throw new AppError('invalid', 'mounted volume is marked read-only');
  if (above === undefined && !rootfs) throw new AppError('invalid', 'container rootfs is marked read-only');
}
