import { AppError } from '../base/index.ts';

/** Keys to the values asked for, any of which will do (labels: all of them). */
export type Filters = Readonly<Record<string, readonly string[]>>;

/**
 * The `filters` query: `{"label":["a=b"]}` or `{"label":{"a=b":true}}`, the latter from clients written in Go.
 * Throws `invalid`. A value that is switched off (`false`) is left out.
 */
export function parseFilters(query: string | null | undefined): Filters {
  if (!query) return {};
  let decoded: unknown;
  try {
    decoded = JSON.parse(query);
  } catch {
    throw new AppError('invalid', `invalid filter: want a JSON object, got ${query.slice(0, 80)}`);
  }
  if (decoded === null) return {};
  if (typeof decoded !== 'object' || Array.isArray(decoded)) {
    throw new AppError('invalid', 'invalid filter: want a JSON object of lists');
  }
  return Object.fromEntries(Object.entries(decoded).map(([key, value]) => [key, valuesOf(key, value)]));
}

function valuesOf(key: string, value: unknown): readonly string[] {
  if (value === null) return [];
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value;
  if (typeof value === 'object' && !Array.isArray(value)) {
    return Object.entries(value).flatMap(([name, on]) => (on === false ? [] : [name]));
  }
  throw new AppError('invalid', `invalid filter '${key}': want a list of texts`);
}

const on = ['1', 'true'];
const off = ['0', 'false'];

/** Throws Docker's text unless every value of a key is a boolean's. */
export function checkFlag(filters: Filters, key: string): void {
  const values = filters[key] ?? [];
  if (values.some((value) => ![...on, ...off].includes(value)))
    throw new AppError('invalid', `invalid filter '${key}=[${values.join(' ')}]'`);
}

/** Whether a key is asked to be true; undefined when it is not asked, or both ways. Throws as `checkFlag`. */
export function flagOf(filters: Filters, key: string): boolean | undefined {
  checkFlag(filters, key);
  const asked = new Set((filters[key] ?? []).map((value) => on.includes(value)));
  return asked.size === 1 ? asked.has(true) : undefined;
}

/** Throws Docker's text for a key that the list does not know. */
export function checkFilters(filters: Filters, known: readonly string[]): void {
  for (const key of Object.keys(filters)) {
    if (!known.includes(key)) throw new AppError('invalid', `invalid filter '${key}'`);
  }
}
