import type { Entry } from '../extract/header.ts';

const blockSize = 512;
const largestOctal = 0o77777777777; // 11 digits: the size and the time fields
const largestId = 0o7777777;

/** The blocks before an entry's content: ustar, with PAX records (POSIX.1-2008) for what does not fit there. */
export function encodeHeader(entry: Entry): Buffer {
  const pax = paxRecords(entry);
  const head = block(entry, pax.length > 0);
  if (pax.length === 0) return head;
  const body = Buffer.concat(pax);
  const extension = { ...entry, type: 'x', name: 'PaxHeaders/entry', linkname: '', mode: 0o644, size: body.length };
  return Buffer.concat([block(extension, true), body, padding(body.length), head]);
}

/** Zeros up to the next block. */
export const padding = (size: number): Buffer => Buffer.alloc((blockSize - (size % blockSize)) % blockSize);

/** What ends an archive. */
export const endOfArchive = (): Buffer => Buffer.alloc(2 * blockSize);

function paxRecords(entry: Entry): Buffer[] {
  const records: Buffer[] = [];
  if (!fits(entry.name)) records.push(record('path', entry.name));
  if (!fits(entry.linkname)) records.push(record('linkpath', entry.linkname));
  if (entry.size > largestOctal) records.push(record('size', String(entry.size)));
  if (entry.uid > largestId) records.push(record('uid', String(entry.uid)));
  if (entry.gid > largestId) records.push(record('gid', String(entry.gid)));
  const { seconds } = entry.mtime;
  if (seconds < 0 || seconds > largestOctal) records.push(record('mtime', String(seconds)));
  for (const [name, value] of entry.xattrs) records.push(record(`SCHILY.xattr.${name}`, value));
  return records;
}

const fits = (name: string): boolean => name.length <= 100 && /^[\x20-\x7e]*$/.test(name);

/** "<length> <key>=<value>\n", where the length counts itself. */
function record(key: string, value: string): Buffer {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length + 1;
  while (`${length}${rest}`.length > length) length++;
  return Buffer.from(`${length}${rest}`, 'latin1');
}

function block(entry: Entry, hasPax: boolean): Buffer {
  const bytes = Buffer.alloc(blockSize);
  bytes.write(entry.name.slice(0, 100), 0, 'latin1');
  octal(bytes, 100, 8, entry.mode);
  octal(bytes, 108, 8, hasPax ? Math.min(entry.uid, largestId) : entry.uid);
  octal(bytes, 116, 8, hasPax ? Math.min(entry.gid, largestId) : entry.gid);
  octal(bytes, 124, 12, entry.size > largestOctal ? 0 : entry.size);
  octal(bytes, 136, 12, Math.min(Math.max(entry.mtime.seconds, 0), largestOctal));
  bytes.write(entry.type, 156, 'latin1');
  bytes.write(entry.linkname.slice(0, 100), 157, 'latin1');
  bytes.write('ustar\x0000', 257, 'latin1');
  octal(bytes, 329, 8, entry.major);
  octal(bytes, 337, 8, entry.minor);
  bytes.fill(0x20, 148, 156);
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return bytes;
}

function octal(bytes: Buffer, at: number, width: number, value: number): void {
  bytes.write(value.toString(8).padStart(width - 1, '0'), at, 'latin1');
}
