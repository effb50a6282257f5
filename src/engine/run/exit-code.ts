import { messageOf } from '../../base/index.ts';

/** As Docker records what could not be started: the command is missing, cannot be run, or something else is wrong. */
export function exitCodeOf(error: unknown): number {
  const text = messageOf(error);
  if (/executable file not found|no such file or directory/i.test(text)) return 127;
  if (/permission denied|is a directory/i.test(text)) return 126;
  return 128;
}
