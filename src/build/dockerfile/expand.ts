import { AppError } from '../../base/index.ts';

export type Variables = ReadonlyMap<string, string>;

/**
 * One word with its quotes taken off and its variables replaced, as the Dockerfile reference describes ("Environment
 * replacement"): `$name`, `${name}`, `${name:-word}`, `${name:+word}`, `${name:?word}`, also without the colon.
 */
export function expandWord(word: string, variables: Variables, escapeWith: string): string {
  return new Expansion(word, variables, escapeWith).until('');
}

class Expansion {
  readonly #text: string;
  readonly #variables: Variables;
  readonly #escape: string;
  #at = 0;

  constructor(text: string, variables: Variables, escapeWith: string) {
    this.#text = text;
    this.#variables = variables;
    this.#escape = escapeWith;
  }

  /** Up to the closing character, which is passed over; "" is the end of the text. */
  until(closing: string): string {
    let out = '';
    for (;;) {
      const char = this.#text[this.#at];
      if (char === undefined) {
        if (closing !== '') throw this.#fault(`missing ${closing} in substitution`);
        return out;
      }
      this.#at++;
      if (char === closing) return out;
      if (char === "'") out += this.#single();
      else if (char === '"') out += this.#double();
      else if (char === '$') out += this.#dollar();
      else if (char === this.#escape) out += this.#text[this.#at++] ?? '';
      else out += char;
    }
  }

  #single(): string {
    const end = this.#text.indexOf("'", this.#at);
    if (end < 0) throw this.#fault('unexpected end of statement while looking for matching single-quote');
    const inside = this.#text.slice(this.#at, end);
    this.#at = end + 1;
    return inside;
  }

  #double(): string {
    let out = '';
    for (;;) {
      const char = this.#text[this.#at++];
      if (char === undefined) throw this.#fault('unexpected end of statement while looking for matching double-quote');
      if (char === '"') return out;
      const next = this.#text[this.#at];
      if (char === '$') out += this.#dollar();
      else if (char === this.#escape && next !== undefined && ['"', '$', this.#escape].includes(next)) {
        out += next;
        this.#at++;
      } else out += char;
    }
  }

  #dollar(): string {
    if (this.#text[this.#at] === '{') {
      this.#at++;
      return this.#braces();
    }
    const name = this.#name();
    return name === '' ? '$' : (this.#variables.get(name) ?? '');
  }

  #braces(): string {
    const name = this.#name();
    const colon = this.#text[this.#at] === ':';
    if (colon) this.#at++;
    const modifier = this.#text[this.#at++];
    if (name === '' || modifier === undefined) throw this.#fault('bad substitution');
    const value = this.#variables.get(name);
    if (modifier === '}' && !colon) return value ?? '';
    if (!['-', '+', '?'].includes(modifier)) throw this.#fault(`unsupported modifier (${modifier}) in substitution`);
    const word = this.until('}');
    const isSet = value !== undefined && !(colon && value === '');
    if (modifier === '-') return isSet ? value : word;
    if (modifier === '+') return isSet ? word : '';
    if (!isSet) throw this.#fault(`${name}: ${word || 'not set'}`);
    return value;
  }

  #name(): string {
    const name = /^[A-Za-z_][A-Za-z0-9_]*/.exec(this.#text.slice(this.#at))?.[0] ?? '';
    this.#at += name.length;
    return name;
  }

  #fault(text: string): AppError {
    return new AppError('invalid', `failed to process "${this.#text}": ${text}`);
  }
}
