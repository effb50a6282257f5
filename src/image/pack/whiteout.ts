import type { Stats } from 'node:fs';
import { lgetxattr } from '../../syscall/files.ts';

/** How overlayfs writes down what is gone (kernel documentation, filesystems/overlayfs: whiteouts and opaque directories). */

export const isWhiteout = (stats: Stats): boolean => stats.isCharacterDevice() && stats.rdev === 0;

/** Whether the folder hides all that lies below it. `path` ends in a NUL. */
export const isOpaque = (path: Buffer): boolean =>
  lgetxattr(path, 'trusted.overlay.opaque')?.toString('latin1') === 'y';
