import * as v from 'valibot';
import { AppError } from '../base/index.ts';
import type { DeepReadonly } from './readonly.ts';

/**
 * The fields that request bodies are made of. Null, a missing key and the zero value mean the same to Docker's clients,
 * so each comes with its zero filled in; where a client can tell unset from zero, the field is `null` when unset.
 */
export const text = v.nullish(v.string(), '');
export const flag = v.nullish(v.boolean(), false);
const integer = v.pipe(
  v.number(),
  v.check((n) => Number.isInteger(n), 'want a whole number'),
);
export const whole = v.nullish(integer, 0);
export const unsigned = v.nullish(
  v.pipe(
    integer,
    v.check((n) => n >= 0, 'want a whole number that is not negative'),
  ),
  0,
);
export const wholeOrNull = v.nullish(integer, null);
export const flagOrNull = v.nullish(v.boolean(), null);
export const texts = v.nullish(v.array(v.string()), []);

const jsonObject = v.custom<Record<string, unknown>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'want an object',
);

/** For the library an array is an object, too. */
const strictly = <S extends v.GenericSchema>(schema: S): v.GenericSchema<v.InferInput<S>, v.InferOutput<S>> =>
  v.pipe(
    jsonObject,
    v.transform((value): unknown => value),
    schema,
  ) as never;

/** An object that has to be one, as an item or where `null` says that it is not there. */
export const object = <E extends v.ObjectEntries>(entries: E) => strictly(v.object(entries));
const record = <S extends v.GenericSchema>(item: S) => strictly(v.record(v.string(), item));

/** Keys to texts; a null value is an empty text. */
export const textMap = v.nullish(record(v.nullish(v.string(), '')), {});
/** A set, written as keys to empty objects. */
export const keySet = v.pipe(
  v.nullish(record(v.nullish(object({}))), {}),
  v.transform((map): Record<string, object> => Object.fromEntries(Object.keys(map).map((key) => [key, {}]))),
);
/** [height, width] of a terminal; what is left out of the two is 0. */
export const consoleSize = v.pipe(
  v.array(integer),
  v.transform(([height = 0, width = 0]): [number, number] => [height, width]),
);
const oneOrMany = v.nullish(v.union([v.array(v.string()), v.string()]), []);
/** A list of texts, or one text for a list of one. */
export const textOrTexts = v.pipe(
  oneOrMany,
  v.transform((value): string[] => (typeof value === 'string' ? [value] : value)),
);
/** A command: a list, or one text for a list of one. Unset when null, missing or empty. */
export const command = v.pipe(
  oneOrMany,
  v.transform((value): string[] | null => {
    const list = typeof value === 'string' ? [value] : value;
    return list.length === 0 || value === '' ? null : list;
  }),
);

/** A nested object whose fields all have a zero. */
export const group = <E extends v.ObjectEntries>(entries: E) => v.nullish(object(entries), {} as never);

export const listOf = <S extends v.GenericSchema>(item: S) => v.nullish(v.array(item), []);
/** Keys to items; a null item becomes the item's zero. */
export const mapOf = <S extends v.GenericSchema>(item: S) => v.nullish(record(item), {});

/** Runs a schema over a decoded JSON body. Throws `invalid`, naming the first field that does not fit. */
export function parseBody<S extends v.GenericSchema>(schema: S, body: unknown): DeepReadonly<v.InferOutput<S>> {
  if (Array.isArray(body)) throw new AppError('invalid', 'invalid JSON: cannot use array as body: want an object');
  const result = v.safeParse(schema, body ?? {}, { abortEarly: true });
  if (result.success) return result.output as DeepReadonly<v.InferOutput<S>>;
  const issue = result.issues[0];
  const path = v.getDotPath(issue) ?? 'body';
  throw new AppError('invalid', `invalid JSON: cannot use ${kindOf(issue.input)} as ${path}: ${expectation(issue)}`);
}

function expectation(issue: v.BaseIssue<unknown>): string {
  if (issue.kind === 'validation' || issue.type === 'custom') return issue.message;
  return `want ${issue.expected?.replace(/[()]/g, '').replaceAll(' | ', ' or ').toLowerCase() ?? 'another type'}`;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value;
}
