import type { FileHandle } from 'node:fs/promises';
import { parseLine } from './line.ts';

const blockBytes = 64 * 1024;
const lineFeed = 0x0a;

/** What the lines of a tail have to be: of these streams. */
export type Wanted = { readonly stdout: boolean; readonly stderr: boolean };

/** Bytes from the start, and how many lines are from there on. */
type Tail = { readonly begin: number; readonly lines: number };

/**
 * Where the last `count` lines of a log begin, found by reading backwards in blocks. Records of
 * one line ("P", "P", "F") count once; `end` is the size to look at. `lines` are fewer when the log has no more. A first
 * part of the line that the file after this one begins with is counted there (`continued`), and is part of the tail.
 */
export async function tailStart(
  file: FileHandle,
  end: number,
  count: number,
  wanted: Wanted,
  continued = false,
): Promise<Tail> {
  if (count === 0 && !continued) return { begin: end, lines: 0 };
  let lines = 0;
  let begin = end;
  for await (const { at, record } of recordsBackwards(file, end)) {
    const line = parseLine(record);
    if (line === undefined || !wanted[line.stream]) continue;
    // A full record, or a part at the very end, opens one more line than those counted.
    if (line.full || (lines === 0 && !continued)) lines++;
    if (lines > count) return { begin, lines: count };
    begin = at;
  }
  return { begin, lines };
}

async function* recordsBackwards(file: FileHandle, end: number): AsyncGenerator<{ at: number; record: Buffer }> {
  let rest: Buffer = Buffer.alloc(0);
  for (let position = end; position > 0; ) {
    const size = Math.min(blockBytes, position);
    position -= size;
    const block = Buffer.alloc(size);
    await file.read(block, 0, size, position);
    rest = Buffer.concat([block, rest]);
    for (;;) {
      const last = rest.at(-1) === lineFeed ? rest.length - 1 : rest.length;
      const before = last === 0 ? -1 : rest.lastIndexOf(lineFeed, last - 1);
      if (before < 0) break;
      yield { at: position + before + 1, record: rest.subarray(before + 1, last) };
      rest = rest.subarray(0, before + 1);
    }
  }
  if (rest.length > 0) yield { at: 0, record: rest.at(-1) === lineFeed ? rest.subarray(0, -1) : rest };
}
