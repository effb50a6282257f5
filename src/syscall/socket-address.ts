import { parseIp, toBytes } from '../base/index.ts';

const AF_UNIX = 1;
const AF_INET = 2;
const AF_INET6 = 10;
const sunPathBytes = 108; // sun_path of struct sockaddr_un, <linux/un.h>, its closing NUL included

/** struct sockaddr_un; undefined when the path does not fit. An abstract name, unix(7), is written `@name`. */
export function unixAddress(path: string): Uint8Array | undefined {
  const name = new TextEncoder().encode(path.startsWith('@') ? `\0${path.slice(1)}` : `${path}\0`);
  if (name.byteLength > sunPathBytes) return undefined;
  const out = new Uint8Array(2 + name.byteLength);
  new DataView(out.buffer).setUint16(0, AF_UNIX, true);
  out.set(name, 2);
  return out;
}

/** struct sockaddr_in, <linux/in.h>, or struct sockaddr_in6, <linux/in6.h>. Throws `invalid` for a bad address. */
export function inetAddress(address: string, port: number): Uint8Array {
  const ip = parseIp(address);
  const out = new Uint8Array(ip.family === 4 ? 16 : 28);
  const view = new DataView(out.buffer);
  view.setUint16(0, ip.family === 4 ? AF_INET : AF_INET6, true);
  view.setUint16(2, port, false);
  out.set(toBytes(ip), ip.family === 4 ? 4 : 8);
  return out;
}
