import { AppError } from '../../base/index.ts';

/** How a word of an instruction becomes its value: quotes taken off, variables replaced where there are any. */
export type Expand = (word: string) => string;

/** A JSON list of strings, or undefined: then it is shell form. */
export function jsonList(text: string): string[] | undefined {
  if (!text.startsWith('[')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Words as a shell splits them, quotes and backslashes still on. */
export const rawWords = (text: string): string[] =>
  text.match(/(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|\$\{[^}]*\}|[^\s"'\\])+/gs) ?? [];

/** The quotes and backslashes of a shell taken off. */
export function unquote(word: string): string {
  const parts = word.matchAll(/"((?:\\.|[^"\\])*)"|'([^']*)'|\\(.)|([^"'\\]+)/gs);
  return [...parts]
    .map(([, double, single, escaped, plain]) => {
      return double?.replace(/\\(["\\$])/g, '$1') ?? single ?? escaped ?? plain ?? '';
    })
    .join('');
}

/** `a=b c="d e"`, or the old form `a some text`. */
export function pairs(name: string, rest: string, expand: Expand): [string, string][] {
  const words = rawWords(rest);
  if (!(words[0] ?? '').includes('=')) {
    const [, key = '', value] = /^(\S+)\s+([\s\S]+)$/.exec(rest) ?? [];
    if (value === undefined) throw new AppError('invalid', `${name} must have two arguments`);
    return [[expand(key), expand(value)]];
  }
  return words.map((word) => {
    const equals = word.indexOf('=');
    if (equals < 0)
      throw new AppError('invalid', `Syntax error - can't find = in "${word}". Must be of the form: name=value`);
    const key = expand(word.slice(0, equals));
    if (key === '') throw new AppError('invalid', `${name} names can not be blank`);
    return [key, expand(word.slice(equals + 1))];
  });
}

/** The one word that an instruction takes. */
export function only(name: string, rest: string, expand: Expand): string {
  const [word = '', ...more] = rawWords(rest).map(expand);
  if (more.length > 0 || word === '') throw new AppError('invalid', `${name} requires exactly one argument`);
  return word;
}
