import { headerBytes, Rcode } from '../message/query.ts';

/** Whether `message` answers `query`: an answer, with the same number and the same question, letter case aside. */
export function answers(message: Buffer, query: Buffer): boolean {
  if (message.length < headerBytes || (message[2]! & 0x80) === 0) return false;
  if (message.readUInt16BE(0) !== query.readUInt16BE(0)) return false;
  const end = questionEnd(query);
  // Servers leave the question out of some errors.
  if (message.readUInt16BE(4) === 0) return true;
  return message.length >= end && sameText(message, query, headerBytes, end);
}

/** Whether the server did its job. One that failed or refused may stand beside one that knows. */
export function isUseful(message: Buffer): boolean {
  const rcode = message[3]! & 0x0f;
  return rcode !== Rcode.servFail && rcode !== Rcode.refused && rcode !== Rcode.notImp;
}

/**
 * Whether the answer ends the search. That a name is unknown does not, while a server that was asked before is still to
 * answer: it may be the one that knows the names of this place.
 */
export function settles(message: Buffer): boolean {
  return (message[3]! & 0x0f) === Rcode.noError && message.readUInt16BE(6) > 0;
}

function questionEnd(query: Buffer): number {
  let at = headerBytes;
  while (query[at]! > 0) at += 1 + query[at]!;
  return at + 1 + 4;
}

const sameText = (a: Buffer, b: Buffer, start: number, end: number): boolean =>
  a.toString('latin1', start, end).toLowerCase() === b.toString('latin1', start, end).toLowerCase();
