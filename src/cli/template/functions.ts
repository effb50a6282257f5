import { TemplateError } from './lexer.ts';
import { goJson, isTrue, show } from './show.ts';

export type TemplateFunction = (...values: readonly unknown[]) => unknown;

const text = (value: unknown): string => (typeof value === 'string' ? value : show(value));

/** Go's own functions, and those that docker adds (json, split, join, title, lower, upper, pad, truncate). */
export const functions: Readonly<Record<string, TemplateFunction>> = {
  and: (...values) => values.find((value) => !isTrue(value)) ?? values.at(-1),
  or: (...values) => values.find(isTrue) ?? values.at(-1),
  not: (value) => !isTrue(value),
  len: (value) => lengthOf(value),
  index: (value, ...keys) => keys.reduce((inner, key) => item(inner, key), value),
  slice: (value, from = 0, to = undefined) => (value as string).slice(Number(from), to === undefined ? to : Number(to)),
  print: (...values) => values.map(text).join(' '),
  println: (...values) => `${values.map(text).join(' ')}\n`,
  printf: (format, ...values) => printf(text(format), values),
  eq: (value, ...others) => others.some((other) => other === value),
  ne: (a, b) => a !== b,
  lt: (a, b) => compare(a, b) < 0,
  le: (a, b) => compare(a, b) <= 0,
  gt: (a, b) => compare(a, b) > 0,
  ge: (a, b) => compare(a, b) >= 0,
  json: (value) => goJson(value),
  split: (value, separator) => text(value).split(text(separator)),
  join: (values, separator) => (values as readonly unknown[]).map(text).join(text(separator)),
  title: (value) => text(value).replace(/\b[a-z]/g, (letter) => letter.toUpperCase()),
  lower: (value) => text(value).toLowerCase(),
  upper: (value) => text(value).toUpperCase(),
  pad: (value, before, after) =>
    value === '' ? '' : ' '.repeat(Number(before)) + text(value) + ' '.repeat(Number(after)),
  truncate: (value, length) => text(value).slice(0, Number(length)),
};

function lengthOf(value: unknown): number {
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  if (typeof value === 'object' && value !== null) return Object.keys(value).length;
  throw new TemplateError(`error calling len: len of type ${value === null ? 'nil' : typeof value}`);
}

/** A missing map key is the zero value, an index outside a list is an error, as in Go. */
function item(value: unknown, key: unknown): unknown {
  if (value === null || value === undefined) throw new TemplateError('error calling index: index of untyped nil');
  if (Array.isArray(value)) {
    if (Number(key) in value) return value[Number(key)];
    throw new TemplateError(`error calling index: reflect: slice index out of range: ${text(key)}`);
  }
  const map = value as Readonly<Record<string, unknown>>;
  return Object.hasOwn(map, text(key)) ? map[text(key)] : null;
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [left, right] = [text(a), text(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The verbs that --format strings use: %s %v %d %q %t %x %%, with width and left alignment. */
function printf(format: string, values: readonly unknown[]): string {
  let next = 0;
  return format.replace(/%(-?)(\d*)(?:\.(\d+))?([svdqtxf%])/g, (_whole, left: string, width: string, digits, verb) => {
    if (verb === '%') return '%';
    const formatted = verbs[verb]!(values[next++], digits === undefined ? undefined : Number(digits));
    return left === '-' ? formatted.padEnd(Number(width)) : formatted.padStart(Number(width));
  });
}

const verbs: Readonly<Record<string, (value: unknown, digits: number | undefined) => string>> = {
  s: (value, digits) => text(value).slice(0, digits),
  v: (value) => text(value),
  d: (value) => text(value),
  t: (value) => text(value),
  q: (value) => JSON.stringify(text(value)),
  x: (value) => (typeof value === 'number' ? value.toString(16) : Buffer.from(text(value)).toString('hex')),
  f: (value, digits = 6) => Number(value).toFixed(digits),
};
