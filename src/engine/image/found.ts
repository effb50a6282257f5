import { AppError } from '../../base/index.ts';
import { checkFilters, type Filters, flagOf } from '../../contract/index.ts';

type Found = { readonly star_count: number; readonly is_official: boolean };

/** What `docker search --filter` leaves; undefined when that is nothing, whatever is found. Throws `invalid`. */
export function matchesFound(filters: Filters): ((found: Found) => boolean) | undefined {
  checkFilters(filters, ['is-automated', 'is-official', 'stars']);
  const official = flagOf(filters, 'is-official');
  const stars = Math.max(0, ...(filters['stars'] ?? []).map(starsOf));
  // Docker Hub builds nothing by itself any more.
  if (flagOf(filters, 'is-automated') === true) return undefined;
  return (found) => found.star_count >= stars && (official === undefined || official === found.is_official);
}

function starsOf(text: string): number {
  if (/^[+-]?\d{1,15}$/.test(text)) return Number(text);
  throw new AppError('invalid', `invalid filter 'stars=${text}': strconv.Atoi: parsing "${text}": invalid syntax`);
}
