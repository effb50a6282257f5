import type { Codec } from './codec.ts';

/** Netlink attributes, struct nlattr of <linux/netlink.h>: a header of 4 bytes, the payload, padding to 4. */
const headerBytes = 4;
/** Set by callers on types whose subsystem wants nests to be marked. */
export const NLA_F_NESTED = 0x8000;
const typeMask = 0x3fff; // NLA_TYPE_MASK: without NLA_F_NESTED and NLA_F_NET_BYTEORDER
const align4 = (n: number): number => (n + 3) & ~3;

export type RawAttr = { readonly type: number; readonly payload: Uint8Array };

/** Throws RangeError for a length below the header's or past the end; fewer than 4 bytes left over are padding. */
export function* readAttrs(bytes: Uint8Array): Generator<RawAttr> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (at + headerBytes <= bytes.byteLength) {
    const length = view.getUint16(at, true);
    if (length < headerBytes || at + length > bytes.byteLength) {
      throw new RangeError(`cannot read an attribute: nla_len is ${length}, ${bytes.byteLength - at} bytes left`);
    }
    yield { type: view.getUint16(at + 2, true) & typeMask, payload: bytes.subarray(at + headerBytes, at + length) };
    at += align4(length);
  }
}

export function writeAttrs(attrs: readonly RawAttr[]): Uint8Array {
  const total = attrs.reduce((sum, { payload }) => sum + align4(headerBytes + payload.byteLength), 0);
  const out = new Uint8Array(total);
  const view = new DataView(out.buffer);
  let at = 0;
  for (const { type, payload } of attrs) {
    const length = headerBytes + payload.byteLength;
    if (length > 0xffff) throw new RangeError(`cannot write attribute ${type}: ${length} bytes, nla_len has 16 bits`);
    view.setUint16(at, length, true);
    view.setUint16(at + 2, type, true);
    out.set(payload, at + headerBytes);
    at += align4(length);
  }
  return out;
}

// biome-ignore lint/suspicious/noExplicitAny: a row is any codec; `Decoded` gives each back its type.
type Table = Readonly<Record<string, readonly [type: number, codec: Codec<any>]>>;
export type Decoded<T extends Table> = {
  readonly [K in keyof T]?: (T[K][1] extends Codec<infer V> ? V : never) | undefined;
} & { readonly unknown?: readonly RawAttr[] };

/**
 * A table of attributes, itself a codec, so that tables nest. Attributes without a row survive a round trip in
 * `unknown`: a newer kernel must not break an older program.
 */
export function attrTable<const T extends Table>(table: T): Codec<Decoded<T>> {
  const rows = Object.entries(table);
  const byType = new Map(rows.map(([name, [type, codec]]) => [type & typeMask, { name, codec }]));
  return {
    encode(value) {
      const known: RawAttr[] = [];
      for (const [name, [type, codec]] of rows) {
        const field = (value as Readonly<Record<string, unknown>>)[name];
        if (field !== undefined) known.push({ type, payload: codec.encode(field) });
      }
      return writeAttrs([...known, ...(value.unknown ?? [])]);
    },
    decode(payload) {
      const out: Record<string, unknown> = {};
      const unknown: RawAttr[] = [];
      for (const attr of readAttrs(payload)) {
        const row = byType.get(attr.type);
        if (row === undefined) unknown.push({ type: attr.type, payload: attr.payload.slice() });
        else out[row.name] = row.codec.decode(attr.payload);
      }
      return (unknown.length === 0 ? out : { ...out, unknown }) as Decoded<T>;
    },
  };
}
