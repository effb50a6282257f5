import { AppError } from '../../base/index.ts';
import type { Spooled } from '../content.ts';
import { parseDocument } from '../document.ts';
import { parseReference, type Reference, withTag } from '../reference.ts';
import type { ImageDocument } from '../types.ts';

/** One image of an archive, checked as far as that goes without unpacking. */
export type ImagePlan = {
  /** The image document's text. */
  readonly config: string;
  readonly document: ImageDocument;
  /** As many as the document has diff ids, same order. */
  readonly layers: readonly Spooled[];
  readonly names: readonly Reference[];
};

export function planImage(config: string, layers: readonly Spooled[], names: readonly string[]): ImagePlan {
  const document = parseDocument(config);
  const expected = document.rootfs.diff_ids.length;
  if (layers.length !== expected) {
    throw new AppError(
      'invalid',
      `invalid manifest, layers length mismatch: expected ${expected}, got ${layers.length}`,
    );
  }
  return { config, document, layers, names: names.map(parseName) };
}

function parseName(name: string): Reference {
  const ref = withTag(parseReference(name));
  if (ref.tag === undefined) throw new AppError('invalid', `invalid tag "${name}"`);
  return ref;
}
