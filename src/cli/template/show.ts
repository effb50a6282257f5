import { exactDigits } from '../../base/index.ts';

/** A value as Go's fmt prints it with %v: `map[a:1 b:2]`, `[x y]`, `<no value>`. */
export function show(value: unknown): string {
  return value === null || value === undefined ? '<no value>' : inner(value);
}

function inner(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(inner).join(' ')}]`;
  const digits = exactDigits(value);
  if (digits !== undefined) return digits;
  if (typeof value !== 'object') return String(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[${entries.map(([key, item]) => `${key}:${inner(item)}`).join(' ')}]`;
}

/** What `if`, `with`, `and`, `or` take for true: everything but the zero values. */
export function isTrue(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
}

/** JSON as Go writes it: `<`, `>` and `&` escaped. */
export function goJson(value: unknown): string {
  return (JSON.stringify(value) ?? 'null').replace(/[<>&]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`);
}
