/**
 * What is wrong with the first JSON value of a text, in the words of Go's decoder, which Docker's clients show;
 * undefined when nothing is.
 */
export const jsonFault = (text: string): string | undefined => new Scanner(text).fault();

const blank = /[ \t\r\n]/;
const numberCharacter = /[-+.eE0-9]/;
/** RFC 8259, section 6. */
const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;

/** Deeper than what any client sends, and shallow enough for the stack. */
const maxDepth = 1000;

class Fault extends Error {}

/** Walks the grammar of RFC 8259 up to the first character that does not fit. */
class Scanner {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  fault(): string | undefined {
    try {
      this.#value();
      return undefined;
    } catch (error) {
      if (error instanceof Fault) return error.message;
      throw error;
    }
  }

  #value(): void {
    if (++this.#depth > maxDepth) throw new Fault('exceeded max depth');
    this.#anyValue();
    this.#depth--;
  }

  #anyValue(): void {
    const first = this.#peek();
    if (first === '{') this.#object();
    else if (first === '[') this.#array();
    else if (first === '"') this.#string();
    else if (/[-0-9]/.test(first)) this.#number();
    else if (first === 't') this.#literal('true');
    else if (first === 'f') this.#literal('false');
    else if (first === 'n') this.#literal('null');
    else this.#refuse('looking for beginning of value');
  }

  #object(): void {
    this.#at++;
    if (this.#peek() === '}') return void this.#at++;
    for (;;) {
      if (this.#peek() !== '"') this.#refuse('looking for beginning of object key string');
      this.#string();
      if (this.#peek() !== ':') this.#refuse('after object key');
      this.#at++;
      this.#value();
      const next = this.#peek();
      if (next !== ',' && next !== '}') this.#refuse('after object key:value pair');
      this.#at++;
      if (next === '}') return;
    }
  }

  #array(): void {
    this.#at++;
    if (this.#peek() === ']') return void this.#at++;
    for (;;) {
      this.#value();
      const next = this.#peek();
      if (next !== ',' && next !== ']') this.#refuse('after array element');
      this.#at++;
      if (next === ']') return;
    }
  }

  #string(): void {
    for (this.#at++; ; this.#at++) {
      const character = this.#here();
      if (character === '"') return void this.#at++;
      if (character < ' ') this.#refuse('in string literal');
      if (character === '\\') this.#escape();
    }
  }

  #escape(): void {
    this.#at++;
    if (!/["\\/bfnrtu]/.test(this.#here())) this.#refuse('in string escape code');
    if (this.#here() !== 'u') return;
    for (let i = 0; i < 4; i++) {
      this.#at++;
      if (!/[0-9a-f]/i.test(this.#here())) this.#refuse('in \\u hexadecimal character escape');
    }
  }

  #number(): void {
    const begin = this.#at;
    while (numberCharacter.test(this.#text[this.#at] ?? '')) this.#at++;
    if (!number.test(this.#text.slice(begin, this.#at))) this.#refuse('in numeric literal');
  }

  #literal(word: string): void {
    for (const [i, wanted] of [...word].entries()) {
      if (this.#here() !== wanted) this.#refuse(`in literal ${word} (expecting '${word[i]}')`);
      this.#at++;
    }
  }

  /** The next character that is not blank. */
  #peek(): string {
    while (blank.test(this.#text[this.#at] ?? '')) this.#at++;
    return this.#here();
  }

  #here(): string {
    const character = this.#text[this.#at];
    if (character === undefined) throw new Fault('unexpected EOF');
    return character;
  }

  #refuse(where: string): never {
    const character = this.#here();
    const shown = character === "'" ? `'\\''` : `'${character}'`;
    throw new Fault(`invalid character ${shown} ${where}`);
  }
}
