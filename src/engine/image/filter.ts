import { matchesGlob } from 'node:path';
import { checkFilters, type Filters, flagOf } from '../../contract/index.ts';
import type { Image } from '../../image/index.ts';
import type { Parts } from '../parts.ts';
import { hasLabel, matchesPrune } from '../view/filter.ts';

/** Filters of GET /images/json. An image without a name that others were made from is shown with `all` only. */
export function matchesImage(
  { images }: Pick<Parts, 'images'>,
  filters: Filters,
  all: boolean,
): (image: Image) => boolean {
  checkFilters(filters, ['reference', 'label', 'dangling', 'before', 'since', 'until']);
  const createdOf = (ref: string): string => images.get(ref).document.created ?? '';
  const before = (filters['before'] ?? []).map(createdOf);
  const since = (filters['since'] ?? []).map(createdOf);
  const references = filters['reference'] ?? [];
  const dangling = flagOf(filters, 'dangling');
  const parents = new Set(images.list().map(({ parent }) => parent));
  const wanted = matchesPrune({ until: filters['until'] ?? [] });
  return ({ id, tags, digests, document }) => {
    const created = document.created ?? '';
    const isBelow = tags.length + digests.length === 0 && parents.has(id);
    return (
      !(isBelow && (!all || dangling === true)) &&
      (references.length === 0 || references.some((pattern) => tags.some((tag) => isReference(tag, pattern)))) &&
      (filters['label'] ?? []).every((wanted) => hasLabel(document.config?.Labels ?? {}, wanted)) &&
      (dangling === undefined || (dangling ? tags.length === 0 : tags.length + digests.length > 0)) &&
      wanted({}, created) &&
      before.every((time) => created < time) &&
      since.every((time) => created > time)
    );
  };
}

/** Patterns are path globs over the name, with or without its tag. */
export function isReference(tag: string, pattern: string): boolean {
  const name = tag.slice(0, tag.lastIndexOf(':'));
  return matchesGlob(tag, pattern) || matchesGlob(name, pattern);
}
