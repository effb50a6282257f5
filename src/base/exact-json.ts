/**
 * Whole numbers in JSON that a double does not hold: counts of addresses, up to 2^64 - 1. They are kept as their own text
 * (ECMAScript proposal "JSON.parse source text access", in Node 21 and later), which `JSON.stringify` writes as it is.
 */
type RawJson = {
  rawJSON(text: string): object;
  isRawJSON(value: unknown): value is { readonly rawJSON: string };
  parse(text: string, revive: (key: string, value: unknown, context: { readonly source?: string }) => unknown): unknown;
};
const json = JSON as unknown as RawJson;

/** For a document that is to be written: a number, or its text where a double is too coarse. */
export const exactNumber = (value: bigint): number =>
  value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : (json.rawJSON(`${value}`) as unknown as number);

/** As JSON.parse, with whole numbers that a double does not hold as `exactNumber` has them. */
export const parseExact = (text: string): unknown =>
  json.parse(text, (_key, value, { source }) => {
    const coarse = typeof value === 'number' && !Number.isSafeInteger(value) && /^\d+$/.test(source ?? '');
    return coarse ? json.rawJSON(source!) : value;
  });

/** The digits of what `exactNumber` or `parseExact` kept as text; undefined for anything else. */
export const exactDigits = (value: unknown): string | undefined => (json.isRawJSON(value) ? value.rawJSON : undefined);
