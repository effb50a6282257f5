import type { Filters } from './values.ts';

/** As docker's own client writes them: {"label":{"a=b":true}}; "" for none. */
export function encodeFilters(filters: Filters | undefined): string {
  const keys = Object.entries(filters ?? {}).filter(([, values]) => values.length > 0);
  if (keys.length === 0) return '';
  keys.sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(
    Object.fromEntries(keys.map(([key, values]) => [key, Object.fromEntries(values.map((value) => [value, true]))])),
  );
}
