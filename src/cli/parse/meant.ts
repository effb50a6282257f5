import { nearest } from '../../base/index.ts';

/** A line of its own under a refusal; nothing when nothing is near. */
export function meant(word: string, known: readonly string[]): string {
  const suggestion = nearest(word, known);
  return suggestion === undefined ? '' : `\nDid you mean ${suggestion}?`;
}
