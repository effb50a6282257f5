import { AppError } from '../../base/index.ts';

/** One archive member. Names are bytes held as latin1 text: no byte is lost, and slashes and dots read as usual. */
export type Entry = {
  /** typeflag: "0" file, "1" hard link, "2" symlink, "3" character device, "4" block device, "5" folder, "6" fifo. */
  readonly type: string;
  readonly name: string;
  readonly linkname: string;
  /** Permission bits with setuid, setgid and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes that follow; 0 for everything but files. */
  readonly size: number;
  readonly mtime: { readonly seconds: number; readonly nanoseconds: number };
  readonly major: number;
  readonly minor: number;
  /** Name to value, both latin1. */
  readonly xattrs: ReadonlyMap<string, string>;
};

const invalidHeader = (): AppError => new AppError('invalid', 'archive/tar: invalid tar header');
const noXattrs: ReadonlyMap<string, string> = new Map();

/** A header block (struct posix_header of <tar.h>), or undefined for a block of zeros. */
export function decodeHeader(block: Buffer): Entry | undefined {
  if (!checksumFits(block)) {
    if (block.every((byte) => byte === 0)) return undefined;
    throw invalidHeader();
  }
  const magic = block.toString('latin1', 257, 263);
  const prefix = magic === 'ustar\0' ? text(block, 345, 155) : '';
  const name = prefix === '' ? text(block, 0, 100) : `${prefix}/${text(block, 0, 100)}`;
  const type = typeOf(block[156]!, name);
  const isDevice = type === '3' || type === '4';
  return {
    type,
    name,
    linkname: text(block, 157, 100),
    mode: number(block, 100, 8) & 0o7777,
    uid: number(block, 108, 8),
    gid: number(block, 116, 8),
    size: '123456'.includes(type) ? 0 : size(number(block, 124, 12)),
    mtime: { seconds: number(block, 136, 12), nanoseconds: 0 },
    major: isDevice ? number(block, 329, 8) : 0,
    minor: isDevice ? number(block, 337, 8) : 0,
    xattrs: noXattrs,
  };
}

/** Whether an archive may begin with this block. */
export const looksLikeTar = (block: Buffer): boolean =>
  block.length === 512 && block.some((byte) => byte !== 0) && checksumFits(block);

/** "\0" and "7" are old ways to say file; a file whose name ends in a slash is a folder (pre-POSIX tar). */
function typeOf(flag: number, name: string): string {
  const type = flag === 0 || flag === 0x37 ? '0' : String.fromCharCode(flag);
  return type === '0' && name.endsWith('/') ? '5' : type;
}

function checksumFits(block: Buffer): boolean {
  let unsigned = 8 * 0x20;
  let signed = unsigned;
  for (let i = 0; i < 512; i++) {
    if (i >= 148 && i < 156) continue;
    const byte = block[i]!;
    unsigned += byte;
    signed += byte < 128 ? byte : byte - 256; // some old tars summed signed characters
  }
  const said = Number.parseInt(text(block, 148, 8).trim(), 8);
  return said === unsigned || said === signed;
}

function text(block: Buffer, start: number, length: number): string {
  const nul = block.indexOf(0, start);
  return block.toString('latin1', start, nul < 0 || nul > start + length ? start + length : nul);
}

/** Octal digits, or big-endian two's complement when the top bit is set (GNU). */
function number(block: Buffer, start: number, length: number): number {
  if (block[start]! & 0x80) {
    let value = BigInt.asIntN(7, BigInt(block[start]! & 0x7f));
    for (let i = start + 1; i < start + length; i++) value = (value << 8n) | BigInt(block[i]!);
    const result = Number(value);
    if (!Number.isSafeInteger(result)) throw invalidHeader();
    return result;
  }
  const digits = text(block, start, length).trim();
  if (digits === '') return 0;
  if (!/^[0-7]+$/.test(digits)) throw invalidHeader();
  return Number.parseInt(digits, 8);
}

function size(value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) throw invalidHeader();
  return value;
}

/** "<length> <key>=<value>\n" records; values may hold any byte. */
export function parsePax(bytes: Buffer): Map<string, string> {
  const records = new Map<string, string>();
  const all = bytes.toString('latin1');
  let at = 0;
  while (at < all.length && all[at] !== '\0') {
    const space = all.indexOf(' ', at);
    const digits = all.slice(at, space);
    const end = at + Number.parseInt(digits, 10);
    const equals = all.indexOf('=', space);
    const ok = /^\d{1,7}$/.test(digits) && end <= all.length && equals > space && equals < end && all[end - 1] === '\n';
    if (!ok) throw invalidHeader();
    records.set(all.slice(space + 1, equals), all.slice(equals + 1, end - 1));
    at = end;
  }
  return records;
}

const xattrPrefix = 'SCHILY.xattr.';

/** What the PAX records say goes before what the block says. */
export function applyPax(header: Entry, pax: ReadonlyMap<string, string>): Entry {
  const xattrs = new Map<string, string>();
  for (const [key, value] of pax) {
    if (key.startsWith('GNU.sparse.'))
      throw new AppError('invalid', `sparse files in archives are not supported: ${header.name}`);
    if (key.startsWith(xattrPrefix)) xattrs.set(key.slice(xattrPrefix.length), value);
  }
  const integer = (key: string, otherwise: number): number => {
    const value = pax.get(key);
    if (value === undefined || value === '') return otherwise;
    if (!/^-?\d{1,15}$/.test(value)) throw invalidHeader();
    return Number(value);
  };
  const isFile = !'123456'.includes(header.type);
  const name = pax.get('path') || header.name;
  return {
    ...header,
    name,
    type: typeOf(header.type.charCodeAt(0), name),
    linkname: pax.get('linkpath') || header.linkname,
    uid: integer('uid', header.uid),
    gid: integer('gid', header.gid),
    size: isFile ? size(integer('size', header.size)) : 0,
    mtime: paxTime(pax.get('mtime')) ?? header.mtime,
    xattrs,
  };
}

/** "1700000000.123456789", also negative: the fraction then counts upward from the floor. */
function paxTime(value: string | undefined): Entry['mtime'] | undefined {
  if (value === undefined || value === '') return undefined;
  const parts = /^(-?)(\d{1,15})(?:\.(\d*))?$/.exec(value);
  if (parts === null) throw invalidHeader();
  const [, sign, whole, fraction = ''] = parts;
  const nanoseconds = Number(fraction.slice(0, 9).padEnd(9, '0'));
  if (sign === '') return { seconds: Number(whole), nanoseconds };
  if (nanoseconds === 0) return { seconds: -Number(whole), nanoseconds };
  return { seconds: -Number(whole) - 1, nanoseconds: 1e9 - nanoseconds };
}
