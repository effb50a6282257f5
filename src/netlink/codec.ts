import { formatIp, formatMac, fromBytes, parseIp, parseMac, toBytes } from '../base/index.ts';

/** One attribute payload and the value it stands for. `decode` throws RangeError for a wrong length. */
export type Codec<T> = { encode(value: T): Uint8Array; decode(payload: Uint8Array): T };

const utf8 = new TextEncoder();
const text = new TextDecoder();

/** A C string with its closing NUL. */
export const stringz: Codec<string> = {
  encode: (value) => utf8.encode(`${value}\0`),
  decode: (payload) => {
    const end = payload.indexOf(0);
    return text.decode(end === -1 ? payload : payload.subarray(0, end));
  },
};

/** The same without the NUL, as kinds of links are sent; read with or without. */
export const string: Codec<string> = { encode: (value) => utf8.encode(value), decode: stringz.decode };

function integer(size: number, put: (v: DataView, n: number) => void, get: (v: DataView) => number): Codec<number> {
  return {
    encode(value) {
      const out = new Uint8Array(size);
      put(new DataView(out.buffer), value);
      return out;
    },
    decode: (payload) => get(view(payload, size)),
  };
}

function view(payload: Uint8Array, size: number): DataView {
  if (payload.byteLength !== size) {
    throw new RangeError(`cannot decode an attribute: ${payload.byteLength} bytes, want ${size}`);
  }
  return new DataView(payload.buffer, payload.byteOffset, size);
}

export const u8 = integer(
  1,
  (v, n) => v.setUint8(0, n),
  (v) => v.getUint8(0),
);
export const u16 = integer(
  2,
  (v, n) => v.setUint16(0, n, true),
  (v) => v.getUint16(0, true),
);
export const u32 = integer(
  4,
  (v, n) => v.setUint32(0, n, true),
  (v) => v.getUint32(0, true),
);
export const s32 = integer(
  4,
  (v, n) => v.setInt32(0, n, true),
  (v) => v.getInt32(0, true),
);
/** Network byte order, as ports and protocol numbers are. */
export const be16 = integer(
  2,
  (v, n) => v.setUint16(0, n),
  (v) => v.getUint16(0),
);
export const be32 = integer(
  4,
  (v, n) => v.setUint32(0, n),
  (v) => v.getUint32(0),
);

/** A counter: more than a double holds. */
export const u64: Codec<bigint> = {
  encode: (value) => new Uint8Array(BigUint64Array.of(value).buffer),
  decode: (payload) => view(payload, 8).getBigUint64(0, true),
};

/** A byte that is 0 or 1. */
export const bool: Codec<boolean> = {
  encode: (value) => Uint8Array.of(value ? 1 : 0),
  decode: (payload) => view(payload, 1).getUint8(0) !== 0,
};

/** Copied out, because receive buffers are used again. */
export const bytes: Codec<Uint8Array> = { encode: (value) => value, decode: (payload) => payload.slice() };

/** "02:42:ac:11:00:02"; link-layer addresses of other lengths (tunnels) come out as they are. */
export const mac: Codec<string> = { encode: parseMac, decode: formatMac };

/** "10.0.0.1" or "fd00::1" by length; empty bytes are "". */
export const ip: Codec<string> = {
  encode: (value) => toBytes(parseIp(value)),
  decode(payload) {
    if (payload.byteLength !== 4 && payload.byteLength !== 16) {
      throw new RangeError(`cannot decode an address: ${payload.byteLength} bytes, want 4 or 16`);
    }
    return formatIp({ family: payload.byteLength === 4 ? 4 : 6, value: fromBytes(payload) });
  },
};
