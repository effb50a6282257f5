import { AppError } from '../../base/index.ts';
import { FileTree, lookup } from '../extract/file-tree.ts';
import type { Entry } from '../extract/header.ts';
import { pathOf, printable } from '../extract/names.ts';

export type PlaceOptions = {
  /** An absolute path without links, held as latin1 text. */
  readonly folder: string;
  readonly keepKinds: boolean;
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
};

/** Writes an archive's entries into a folder that is there, over what is there. */
export class PlacedTree extends FileTree {
  readonly #options: PlaceOptions;

  constructor(options: PlaceOptions) {
    super();
    this.#options = options;
  }

  protected override place(entry: Entry): void {
    const { owner, keepKinds } = this.#options;
    const path = this.pathFor(entry.name);
    // The folder itself stays as it is.
    if (path === this.#options.folder) return;
    this.parents(path);
    if (keepKinds) this.#checkKind(path, entry);
    this.make(path, owner === undefined ? entry : { ...entry, ...owner });
  }

  protected override pathFor(name: string): string {
    const { folder } = this.#options;
    const below = pathOf(name);
    if (below === '/') return folder;
    return folder === '/' ? below : `${folder}${below}`;
  }

  #checkKind(path: string, { name, type }: Entry): void {
    const there = lookup(path);
    if (there === undefined || there.isDirectory() === (type === '5')) return;
    const [old, other] = there.isDirectory() ? ['directory', 'non-directory'] : ['non-directory', 'directory'];
    throw new AppError('invalid', `cannot overwrite ${old} ${printable(path)} with ${other} ${printable(name)}`);
  }
}
