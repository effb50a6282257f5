/** Fixed-size C structs as data: one row per field, in the kernel's order; offsets are computed once. */
type Kind = 'u8' | 'u16' | 'be16' | 'u32' | 's32' | 'be32';
/** A row without a name is padding: always written as zero. */
type Row = readonly [name: string | null, kind: Kind];
type Value<R extends readonly Row[]> = { [K in R[number] as K[0] extends string ? K[0] : never]: number };

export type Struct<V> = {
  readonly cName: string;
  readonly sizeBytes: number;
  encode(value: V): Uint8Array;
  /** Reads the first `sizeBytes`; throws RangeError when there are fewer. */
  decode(bytes: Uint8Array): V;
};

type Access = {
  readonly size: number;
  get(v: DataView, at: number): number;
  set(v: DataView, at: number, n: number): void;
};

/** Netlink is in the machine's byte order (little-endian on all that Node runs on); be* are network order. */
const access: Readonly<Record<Kind, Access>> = {
  u8: { size: 1, get: (v, at) => v.getUint8(at), set: (v, at, n) => v.setUint8(at, n) },
  u16: { size: 2, get: (v, at) => v.getUint16(at, true), set: (v, at, n) => v.setUint16(at, n, true) },
  be16: { size: 2, get: (v, at) => v.getUint16(at), set: (v, at, n) => v.setUint16(at, n) },
  u32: { size: 4, get: (v, at) => v.getUint32(at, true), set: (v, at, n) => v.setUint32(at, n, true) },
  s32: { size: 4, get: (v, at) => v.getInt32(at, true), set: (v, at, n) => v.setInt32(at, n, true) },
  be32: { size: 4, get: (v, at) => v.getUint32(at), set: (v, at, n) => v.setUint32(at, n) },
};

/** `sizeof` is the header's and is checked here, so that a wrong row fails at import and not in the kernel. */
export function struct<const R extends readonly Row[]>(cName: string, sizeof: number, rows: R): Struct<Value<R>> {
  let end = 0;
  const fields = rows.flatMap(([name, kind]) => {
    const at = end;
    end += access[kind].size;
    return name === null ? [] : [{ name, at, ...access[kind] }];
  });
  if (end !== sizeof) throw new Error(`struct ${cName}: the rows are ${end} bytes, the header says ${sizeof}`);
  return {
    cName,
    sizeBytes: sizeof,
    encode(value) {
      const out = new Uint8Array(sizeof);
      const view = new DataView(out.buffer);
      for (const { name, at, set } of fields) set(view, at, (value as Record<string, number>)[name] ?? 0);
      return out;
    },
    decode(bytes) {
      if (bytes.byteLength < sizeof) {
        throw new RangeError(`cannot decode struct ${cName}: ${bytes.byteLength} bytes, want ${sizeof}`);
      }
      const view = new DataView(bytes.buffer, bytes.byteOffset, sizeof);
      return Object.fromEntries(fields.map(({ name, at, get }) => [name, get(view, at)])) as Value<R>;
    },
  };
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((total, part) => total + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.byteLength;
  }
  return out;
}
