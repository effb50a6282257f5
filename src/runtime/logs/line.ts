import type { LogEntry } from '../types.ts';

/** One record of conmon's k8s-file format: "2026-01-31T08:15:30.123456789+01:00 stdout F text". */
export type LogLine = LogEntry & {
  /** Nanoseconds since 1970, for comparing. */
  readonly ns: bigint;
  /** The last record of a line: "F"; a part that goes on in the next is "P". */
  readonly full: boolean;
};

const space = 0x20;
const lineFeed = Buffer.from('\n');
const nsPerMs = 1_000_000n;

/** Parses a record without its line feed; undefined for what is none (a record cut by a crash). */
export function parseLine(record: Buffer): LogLine | undefined {
  const [timeEnd, streamEnd] = [record.indexOf(space), record.indexOf(space, record.indexOf(space) + 1)];
  if (timeEnd < 0 || streamEnd < 0 || record[streamEnd + 2] !== space) return undefined;
  const stream = record.toString('latin1', timeEnd + 1, streamEnd);
  const ns = parseTime(record.toString('latin1', 0, timeEnd));
  if (ns === undefined || (stream !== 'stdout' && stream !== 'stderr')) return undefined;
  const full = record[streamEnd + 1] === 'F'.charCodeAt(0);
  const text = record.subarray(streamEnd + 3);
  return {
    ns,
    full,
    stream,
    at: new Date(Number(ns / nsPerMs)),
    time: formatTime(ns),
    data: full ? Buffer.concat([text, lineFeed]) : text,
  };
}

/** RFC 3339 with any number of fraction digits, as nanoseconds since 1970. */
export function parseTime(text: string): bigint | undefined {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(text);
  if (match === null) return undefined;
  const wholeMs = Date.parse(`${match[1]}${match[3]}`);
  return BigInt(wholeMs) * nsPerMs + BigInt((match[2] ?? '').padEnd(9, '0'));
}

/** RFC 3339 in UTC with nine fraction digits: Docker's log time. */
export function formatTime(ns: bigint): string {
  const seconds = ns / 1_000_000_000n;
  const fraction = String(ns % 1_000_000_000n).padStart(9, '0');
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}.${fraction}Z`;
}
