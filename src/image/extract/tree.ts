import type { Stats } from 'node:fs';
import { lsetxattr, mknod, S_IFCHR } from '../../syscall/files.ts';
import { bytes, cpath, FileTree, lookup } from './file-tree.ts';
import type { Entry } from './header.ts';
import { pathOf, targetOf } from './names.ts';

/**
 * Writes a layer's entries to the root directory of this process, in the form overlayfs reads: a whiteout is a 0/0
 * character device, an opaque folder carries trusted.overlay.opaque.
 */
export class LayerTree extends FileTree {
  protected override place(entry: Entry): void {
    const target = targetOf(entry.name);
    if (target.kind === 'skip') return;
    this.parents(target.path);
    if (target.kind === 'opaque') this.#opaque(target.path);
    else if (target.kind === 'whiteout') this.#whiteout(target.path);
    else this.make(target.path, entry);
  }

  protected override pathFor(name: string): string {
    return pathOf(name);
  }

  /** A folder over this layer's own whiteout hides what is below. */
  protected override makeFolder(path: string): Stats | undefined {
    const before = super.makeFolder(path);
    if (before !== undefined && isWhiteout(before)) this.#opaque(path);
    return before;
  }

  #whiteout(path: string): void {
    const before = lookup(path);
    if (before?.isDirectory()) this.#opaque(path);
    else if (before === undefined) mknod(cpath(path), S_IFCHR, 0, 0);
  }

  #opaque(path: string): void {
    this.folderAt(path);
    lsetxattr(cpath(path), 'trusted.overlay.opaque', bytes('y'));
  }
}

const isWhiteout = (stats: Stats): boolean => stats.isCharacterDevice() && stats.rdev === 0;
