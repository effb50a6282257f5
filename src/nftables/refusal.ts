import type { SysError } from '../base/index.ts';
import { sysError } from '../syscall/libc.ts';

/** strerror(3) of the refusals that nf_tables gives, <asm-generic/errno-base.h> and <asm-generic/errno.h>. */
const errnoOf: readonly (readonly [text: string, errno: number])[] = [
  ['Operation not permitted', 1],
  ['No such file or directory', 2],
  ['Interrupted system call', 4],
  ['Cannot allocate memory', 12],
  ['Device or resource busy', 16],
  ['File exists', 17],
  ['Too many open files in system', 23],
  ['Numerical result out of range', 34],
  ['Too many levels of symbolic links', 40],
  ['Value too large for defined data type', 75],
  ['Message too long', 90],
  ['Operation not supported', 95],
  ['Address family not supported by protocol', 97],
  ['No buffer space available', 105],
];
const EINVAL = 22; // what nft itself refuses: syntax, types

/**
 * What nft says about a script it refuses. An error is three lines: the reason, a line of the script, and marks below
 * it; given a buffer, nft shows the script's first line whichever it means, so only a script of one line is quoted.
 */
export function refusal(script: string, text: string): SysError {
  const [reason = '', , marks = ''] = text.split('\n');
  const sentence = reason.replace(/^Error: (Could not process rule: )?/, '') || 'refused without a word';
  const errno = errnoOf.find(([words]) => sentence.includes(words))?.[1] ?? EINVAL;
  const oneLine = !script.trim().includes('\n');
  return sysError('nft', errno, oneLine ? `${sentence}: ${around(script.trim(), marks.indexOf('^'))}` : sentence);
}

/** Where the first error is marked; -1 when there is none. */
export const firstMark = (text: string): number => (text.split('\n')[2] ?? '').indexOf('^');

const shown = 120;
/** So much of a long command that the marked place is in it. */
function around(command: string, mark: number): string {
  if (command.length <= shown) return command;
  const start = Math.max(0, Math.min(mark - shown / 2, command.length - shown));
  const end = start + shown;
  return `${start > 0 ? '…' : ''}${command.slice(start, end)}${end < command.length ? '…' : ''}`;
}
