import { AppError } from '../../base/index.ts';

/** As the API's other clients and engines spell them: Go's strconv.ParseBool. */
const trueWords = ['1', 't', 'T', 'true', 'TRUE', 'True'];
const falseWords = ['0', 'f', 'F', 'false', 'FALSE', 'False'];

export type Options = Readonly<Record<string, string>>;

/** Throws Docker's `invalid` for a value that is no truth value. `fallback` when the option is not given. */
export function booleanOption(options: Options, key: string, fallback: boolean): boolean {
  const value = options[key];
  if (value === undefined) return fallback;
  if (trueWords.includes(value)) return true;
  if (falseWords.includes(value)) return false;
  throw refused(key, value, `strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`);
}

/** A decimal number from 0 to 2^31 - 1. */
export function numberOption(options: Options, key: string): number | undefined {
  const value = options[key];
  if (value === undefined || value === '') return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value);
  throw refused(key, value, `strconv.Atoi: parsing ${JSON.stringify(value)}: invalid syntax`);
}

/** Bytes. 68 is the least that IPv4 allows (RFC 791); 65535 the most that a bridge takes. 0 is the kernel's choice. */
export function mtuOption(options: Options, key: string): number | undefined {
  const value = options[key] ?? '';
  if (/^-\d{1,9}$/.test(value)) throw new AppError('invalid', `invalid MTU number: ${value}`);
  const bytes = numberOption(options, key);
  if (bytes === undefined || bytes === 0 || (bytes >= 68 && bytes <= 65_535)) return bytes || undefined;
  throw refused(key, `${bytes}`, 'want 68 to 65535 bytes');
}

export const refused = (key: string, value: string, reason: string): AppError =>
  new AppError('invalid', `failed to parse ${key} value: ${value} (${reason})`);
