import { expandWord, type Variables } from './dockerfile/expand.ts';

/** Known without ARG, and no part of the history unless an ARG names them (Dockerfile reference, "Predefined ARGs"). */
const predefined: ReadonlySet<string> = new Set(
  ['HTTP_PROXY', 'HTTPS_PROXY', 'FTP_PROXY', 'NO_PROXY', 'ALL_PROXY'].flatMap((name) => [name, name.toLowerCase()]),
);

type Given = ReadonlyMap<string, string | null>;

/** The build arguments of one stage. */
export class BuildArgs {
  readonly #given: Given;
  readonly #globals: ReadonlyMap<string, string>;
  /** Names that an ARG of this stage has declared, to their defaults. */
  readonly #declared = new Map<string, string | undefined>();

  /** `given` by the client (null: not set); `globals` are those before the first FROM. */
  constructor(given: Given, globals: ReadonlyMap<string, string>) {
    this.#given = given;
    this.#globals = globals;
  }

  declare(name: string, value: string | undefined): void {
    this.#declared.set(name, value ?? this.#globals.get(name));
  }

  /** Those that count now; a variable of the same name hides an argument. */
  active(env: readonly string[]): Map<string, string> {
    const hidden = new Set(env.map((line) => line.split('=', 1)[0]!));
    const found = new Map<string, string>();
    for (const name of [...predefined, ...this.#declared.keys()]) {
      const value = this.#given.get(name) ?? this.#declared.get(name);
      if (value !== undefined && !hidden.has(name)) found.set(name, value);
    }
    return found;
  }

  /** As the history tells them: "NAME=value", sorted. */
  told(env: readonly string[]): readonly string[] {
    const told = [...this.active(env)].filter(([name]) => this.#declared.has(name) || !predefined.has(name));
    return told.map(([name, value]) => `${name}=${value}`).sort();
  }
}

/** What the client gave and no ARG asks for. */
export const unusedArgs = (given: Given, asked: ReadonlySet<string>): readonly string[] =>
  [...given.keys()].filter((name) => !asked.has(name) && !predefined.has(name)).sort();

/** One `NAME` or `NAME=default`. */
export function readArg(
  word: string,
  variables: Variables,
  escapeWith: string,
): { readonly name: string; readonly value: string | undefined } {
  const equals = word.indexOf('=');
  if (equals < 0) return { name: expandWord(word, variables, escapeWith), value: undefined };
  return {
    name: expandWord(word.slice(0, equals), variables, escapeWith),
    value: expandWord(word.slice(equals + 1), variables, escapeWith),
  };
}
