import { lchownSync } from 'node:fs';
import { bytes, FileTree } from './file-tree.ts';
import type { Entry } from './header.ts';
import { parentOf, pathOf } from './names.ts';

type Owner = { readonly uid: number; readonly gid: number };

/** Writes an archive below a folder, which is made: its names mean what they say, and are no layer's. */
export class PlacedTree extends FileTree {
  readonly #under: string;
  readonly #owner: Owner | undefined;

  /** `owner` gets the folders that no entry of the archive makes. */
  constructor(under: string, owner: Owner | undefined) {
    super();
    this.#under = pathOf(under);
    this.#owner = owner;
    this.folderAt(this.#under);
  }

  protected override place(entry: Entry): void {
    const path = this.pathFor(entry.name);
    this.parents(path);
    this.make(path, entry);
  }

  protected override pathFor(name: string): string {
    return pathOf(`${this.#under}${pathOf(name)}`);
  }

  protected override made(first: string, last: string): void {
    if (this.#owner === undefined) return;
    const { uid, gid } = this.#owner;
    for (let path = last; path.length >= first.length; path = parentOf(path)) lchownSync(bytes(path), uid, gid);
  }
}
