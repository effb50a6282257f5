import { AppError } from '../base/index.ts';
import { signalNumber as parse } from '../syscall/signals.ts';

/** The number behind "SIGTERM", "term", "15" or "RTMIN+3". Throws `invalid` with Docker's text. */
export function signalNumber(text: string): number {
  const number = parse(text);
  if (number === undefined) throw new AppError('invalid', `invalid signal: ${text}`);
  return number;
}
