import { AppError, shortId } from '../base/index.ts';
import { type Catalog, sameRepository } from './catalog.ts';
import { hexOf } from './content.ts';
import { chainIds } from './document.ts';
import { familiarName, parseReference } from './reference.ts';
import type { Image, Images } from './types.ts';

export type RemoveOptions = Parameters<Images['remove']>[1];
type Report = ({ readonly Untagged: string } | { readonly Deleted: string })[];

/**
 * What `docker rmi` does, with its refusals: a name is taken off first; the image goes with its last name, unless a
 * container uses it. Changes records only; the caller collects the layers.
 */
export function remove(catalog: Catalog, ref: string, options: RemoveOptions): Report {
  const image = catalog.get(ref);
  return isIdOf(image, ref) ? removeById(catalog, image, options) : removeByName(catalog, image, ref, options);
}

const isIdOf = (image: Image, ref: string): boolean =>
  hexOf(image.id).startsWith(ref.replace(/^sha256:/, '')) && !image.tags.includes(`${ref}:latest`);

function removeByName(catalog: Catalog, image: Image, ref: string, options: RemoveOptions): Report {
  const user = options.inUse(image.id);
  if (!options.force && isSingle(image) && user !== undefined) {
    throw new AppError(
      'conflict',
      `conflict: unable to remove repository reference "${ref}" (must force) - container ${shortId(user.container)} is using its referenced image ${short(image)}`,
    );
  }
  const parsed = parseReference(ref);
  const tag = parsed.digest === undefined ? `:${parsed.tag ?? 'latest'}` : `@${parsed.digest}`;
  const report = untag(catalog, [`${familiarName(parsed)}${tag}`]);
  const left = catalog.get(image.id);
  // The last tag of a repository takes the repository's digests along.
  if (!left.tags.some((name) => sameRepository(name, parsed))) {
    report.push(
      ...untag(
        catalog,
        left.digests.filter((name) => sameRepository(name, parsed)),
      ),
    );
  }
  const remaining = catalog.get(image.id);
  if (remaining.tags.length + remaining.digests.length > 0) return report;
  // A container, or an image built on it, still needs it: it stays, without a name.
  if (user !== undefined || catalog.children(image.id).length > 0) return report;
  return [...report, ...deleteWithParents(catalog, remaining, options)];
}

function removeById(catalog: Catalog, image: Image, options: RemoveOptions): Report {
  if (catalog.children(image.id).length > 0) {
    throw conflict(image, 'cannot be forced', 'image has dependent child images');
  }
  const user = options.inUse(image.id);
  if (user?.running)
    throw conflict(image, 'cannot be forced', `image is being used by running container ${shortId(user.container)}`);
  if (!options.force && !isSingle(image)) {
    throw conflict(image, 'must be forced', 'image is referenced in multiple repositories');
  }
  if (!options.force && user !== undefined) {
    throw conflict(image, 'must be forced', `image is being used by stopped container ${shortId(user.container)}`);
  }
  const report = untag(catalog, [...image.tags, ...image.digests]);
  return [...report, ...deleteWithParents(catalog, image, options)];
}

/** The images that it was made from go as well, as far as they have no name and nobody else needs them. */
function deleteWithParents(catalog: Catalog, image: Image, { prune, inUse }: RemoveOptions): Report {
  const report = deleteImage(catalog, image);
  for (let at = image.parent; prune && at !== undefined; ) {
    const parent = catalog.find(at);
    const stays = parent === undefined || parent.tags.length + parent.digests.length > 0;
    if (stays || catalog.children(at).length > 0 || inUse(at) !== undefined) break;
    report.push(...deleteImage(catalog, parent));
    at = parent.parent;
  }
  return report;
}

function untag(catalog: Catalog, names: readonly string[]): Report {
  for (const name of names) catalog.untag(name);
  return names.map((name) => ({ Untagged: name }));
}

/** The image, and the stacks of layers that no other image is built on, topmost first. */
function deleteImage(catalog: Catalog, image: Image): Report {
  catalog.delete(image.id);
  const others = new Set(catalog.list().flatMap((other) => chainIds(other.document.rootfs.diff_ids)));
  const gone = chainIds(image.document.rootfs.diff_ids).filter((chain) => !others.has(chain));
  return [image.id, ...gone.reverse()].map((id) => ({ Deleted: id }));
}

/** At most one tag, and every name in one repository. */
function isSingle({ tags, digests }: Image): boolean {
  const repositories = new Set([...tags, ...digests].map((name) => familiarName(parseReference(name))));
  return tags.length <= 1 && repositories.size <= 1;
}

const short = (image: Image): string => shortId(hexOf(image.id));

const conflict = (image: Image, force: string, reason: string): AppError =>
  new AppError('conflict', `conflict: unable to delete ${short(image)} (${force}) - ${reason}`);
