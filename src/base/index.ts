export { AppError, type ErrorKind, hasCode, messageOf, SysError } from './errors.ts';
export { exactDigits, exactNumber, parseExact } from './exact-json.ts';
export { newId, shortId } from './ids.ts';
export { Cidr, formatIp, fromBytes, type Ip, isIp, parseIp, toBytes } from './ip.ts';
export { type Level, Log, silent } from './log.ts';
export { formatMac, parseMac, randomMac } from './mac.ts';
export { unescapeMountPath } from './mount-path.ts';
export { KeyedQueue } from './queue.ts';
export { addTo, takeFrom } from './sets-by-key.ts';
