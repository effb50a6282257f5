import { Transform, type TransformCallback } from 'node:stream';
import { AppError } from '../../base/index.ts';

/** ctrl-p, ctrl-q. */
const defaultKeys = [16, 17];
/** Keys that go with ctrl beside the letters, in the order of their codes from 27. */
const controlSymbols = '[\\]^_';

/**
 * "ctrl-p,ctrl-q", "a", "ctrl-@,x" to the bytes that a terminal sends. "" means the default. Throws `invalid`, calling them
 * what the caller does.
 */
export function parseDetachKeys(text: string, kind: 'detach' | 'escape' = 'detach'): Buffer {
  if (text === '') return Buffer.from(defaultKeys);
  return Buffer.from(
    text.split(',').map((key) => {
      const code = codeOf(key);
      if (code === undefined) throw new AppError('invalid', `Invalid ${kind} keys (${text}) provided`);
      return code;
    }),
  );
}

function codeOf(key: string): number | undefined {
  if (key.length === 1 && key.charCodeAt(0) < 128) return key.charCodeAt(0);
  const name = /^ctrl-(.)$/.exec(key)?.[1];
  if (name === undefined) return undefined;
  if (/[a-z]/.test(name)) return name.charCodeAt(0) - 96;
  if (name === '@') return 0;
  const symbol = controlSymbols.indexOf(name);
  return symbol < 0 ? undefined : 27 + symbol;
}

/** Passes a terminal's input on until the keys come in a row, then calls `onDetach` and passes nothing more. */
export class DetachFilter extends Transform {
  readonly #keys: Buffer;
  readonly #onDetach: () => void;
  /** How many of the keys came last: held back until what follows decides. */
  #held = 0;
  #detached = false;

  constructor(keys: Buffer, onDetach: () => void) {
    super();
    this.#keys = keys;
    this.#onDetach = onDetach;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    if (!this.#detached) this.#filter(chunk);
    done();
  }

  override _flush(done: TransformCallback): void {
    if (!this.#detached && this.#held > 0) this.push(this.#keys.subarray(0, this.#held));
    done();
  }

  #filter(chunk: Buffer): void {
    const input = this.#held === 0 ? chunk : Buffer.concat([this.#keys.subarray(0, this.#held), chunk]);
    const end = input.indexOf(this.#keys);
    if (end >= 0) {
      this.#detached = true;
      if (end > 0) this.push(input.subarray(0, end));
      setImmediate(this.#onDetach); // what was typed before the keys is still on its way
      return;
    }
    this.#held = this.#begunAtEndOf(input);
    if (this.#held < input.length) this.push(input.subarray(0, input.length - this.#held));
  }

  /** The length of the longest start of the keys that the input ends with. */
  #begunAtEndOf(input: Buffer): number {
    for (let length = Math.min(this.#keys.length - 1, input.length); length > 0; length--) {
      if (input.subarray(input.length - length).equals(this.#keys.subarray(0, length))) return length;
    }
    return 0;
  }
}
