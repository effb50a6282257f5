import { AppError } from '../../base/index.ts';
import { type Filters, parseFilters } from '../../contract/index.ts';

const nsPerMs = 1_000_000n;
const nsPerSecond = 1_000_000_000n;
const off = new Set(['', '0', 'no', 'false', 'none']);

/** The query of a request, read the way Docker's clients write it. Keys that nobody asks for are ignored. */
export class Query {
  readonly #values: URLSearchParams;

  /** Without the question mark. A "+" is a blank. */
  constructor(search: string) {
    this.#values = new URLSearchParams(search);
  }

  /** The first value; "" when there is none. */
  text(name: string): string {
    return this.#values.get(name) ?? '';
  }

  texts(name: string): readonly string[] {
    return this.#values.getAll(name);
  }

  /** "1", "true" and "True" are true; "0", "false", "False", "no", "none" and nothing are false. */
  flag(name: string, missing = false): boolean {
    const value = this.#values.get(name);
    return value === null ? missing : !off.has(value.trim().toLowerCase());
  }

  /** Undefined when missing or empty. Throws `invalid`. */
  whole(name: string): number | undefined {
    const value = this.text(name).trim();
    if (value === '') return undefined;
    if (!/^[+-]?\d{1,15}$/.test(value)) {
      throw new AppError('invalid', `invalid value for ${name}: "${value}": want a whole number`);
    }
    return Number(value);
  }

  /** A moment, in seconds since 1970: "1700000000.25" or RFC 3339. Undefined when missing. Throws `invalid`. */
  moment(name: string): number | undefined {
    const value = this.text(name).trim();
    if (value === '') return undefined;
    const isNumber = /^-?\d{1,12}(?:\.\d*)?$/.test(value);
    const seconds = isNumber ? Number(value) : Date.parse(value) / 1000;
    if (Number.isNaN(seconds)) {
      throw new AppError('invalid', `invalid value for ${name}: "${value}": want seconds since 1970 or RFC 3339`);
    }
    return seconds;
  }

  /** A moment as `moment` reads it, with all of its digits: nanoseconds since 1970. */
  nanoseconds(name: string): bigint | undefined {
    const [, whole, fraction = ''] = /^(\d{1,12})(?:\.(\d{0,9}))?$/.exec(this.text(name).trim()) ?? [];
    if (whole !== undefined) {
      const exact = BigInt(whole) * nsPerSecond + BigInt(fraction.padEnd(9, '0'));
      return exact === 0n ? undefined : exact;
    }
    const seconds = this.moment(name);
    return seconds === undefined || seconds === 0 ? undefined : BigInt(Math.round(seconds * 1000)) * nsPerMs;
  }

  filters(): Filters {
    return parseFilters(this.#values.get('filters'));
  }
}
