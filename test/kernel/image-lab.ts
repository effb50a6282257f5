import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { type Header, pack } from 'tar-stream';
import { silent } from '../../src/base/index.ts';
import { createImages, type Images } from '../../src/image/index.ts';
import { Database } from '../../src/store/index.ts';

export type ImageLab = { readonly images: Images; readonly root: string; readonly db: Database };

/** An image store in a folder of its own; everything goes with the test, mounts too. */
export async function imageLab(t: TestContext): Promise<ImageLab> {
  const root = mkdtempSync(join(tmpdir(), 'portolan-image-'));
  const db = new Database(':memory:');
  const images = openImages(root, db);
  await images.start();
  t.after(async () => {
    await images[Symbol.asyncDispose]();
    db[Symbol.dispose]();
    for (const mount of mountsBelow(root)) execFileSync('umount', [mount]);
    rmSync(root, { recursive: true });
  });
  return { images, root, db };
}

export function openImages(root: string, db: Database): Images {
  const store = { images: db.table('image'), layers: db.table('layer'), tags: db.table('tag') } as const;
  return createImages({ dataRoot: root, store: store as never, log: silent });
}

export function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'portolan-image-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

export function mountsBelow(root: string): string[] {
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  return mounts.map((line) => line.split(' ')[1] ?? '').filter((path) => path.startsWith(root));
}

export type Member = Pick<Header, 'name'> & Partial<Header> & { readonly content?: string | Buffer };

/** An archive of exactly these members, well-behaved or not. */
export function archive(members: readonly Member[]): Promise<Buffer> {
  const tar = pack();
  for (const { content = '', ...header } of members) tar.entry({ mtime: new Date(0), ...header }, content);
  tar.finalize();
  return buffer(Readable.from(tar));
}

export const stream = (bytes: Buffer): Readable => Readable.from([bytes], { objectMode: false });

/** Imports a layer and returns the folder it was unpacked to, with the image's id. */
export async function unpack(lab: ImageLab, bytes: Buffer): Promise<{ readonly path: string; readonly id: string }> {
  const id = await lab.images.import(stream(bytes), { repo: '', tag: '', message: '', changes: [] });
  const [diffId = ''] = lab.images.get(id).document.rootfs.diff_ids;
  return { path: join(lab.root, 'layers', diffId.slice('sha256:'.length)), id };
}

/** What is on disk, folder by folder: to compare before and after. */
export function leftovers(root: string): Record<string, string[]> {
  const folders = ['layers', 'l', 'content/incoming', 'content/blobs/sha256', 'overlay'];
  return Object.fromEntries(folders.map((name) => [name, readdirSync(join(root, name)).sort()]));
}
