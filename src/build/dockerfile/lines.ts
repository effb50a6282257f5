import { AppError } from '../../base/index.ts';

/** An instruction's text, on one line: comments and line ends taken out. */
export type Line = {
  readonly text: string;
  /** Of the file, from 1. */
  readonly number: number;
};

export type Lines = {
  /** What ends a line that goes on, and takes the meaning from the next character. */
  readonly escapeWith: '\\' | '`';
  readonly lines: readonly Line[];
};

const directive = /^#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*$/;
const comment = /^\s*#/;
const knownDirectives = ['escape', 'syntax', 'check'];

/** A Dockerfile as its instructions' lines (Dockerfile reference, "Parser directives", "Format"). Throws `invalid`. */
export function readLines(text: string): Lines {
  const all = text
    .replace(/^\ufeff/, '')
    .split('\n')
    .map((line) => line.replace(/\r$/, ''));
  const { escapeWith, begin } = readDirectives(all);
  const goesOn = escapeWith === '\\' ? /\\[ \t]*$/ : /`[ \t]*$/;
  const lines: Line[] = [];
  for (let at = begin; at < all.length; at++) {
    const number = at + 1;
    if (comment.test(all[at]!) || all[at]!.trim() === '') continue;
    let joined = all[at]!.trimStart();
    while (goesOn.test(joined) && at + 1 < all.length) {
      at++;
      // Comments and empty lines in between are no part of it.
      if (!comment.test(all[at]!) && all[at]!.trim() !== '') joined = joined.replace(goesOn, '') + all[at]!;
    }
    lines.push({ text: joined.replace(goesOn, '').trim(), number });
  }
  return { escapeWith, lines: lines.filter(({ text: one }) => one !== '') };
}

/** They end with the first line that is none. */
function readDirectives(all: readonly string[]): { readonly escapeWith: Lines['escapeWith']; readonly begin: number } {
  let escapeWith: Lines['escapeWith'] = '\\';
  const seen = new Set<string>();
  for (const [at, line] of all.entries()) {
    const [, name = '', value = ''] = directive.exec(line) ?? [];
    const key = name.toLowerCase();
    if (!knownDirectives.includes(key)) return { escapeWith, begin: at };
    if (seen.has(key)) throw atLine(at + 1, `only one ${key} parser directive can be used`);
    seen.add(key);
    if (key !== 'escape') continue;
    if (value !== '\\' && value !== '`') throw atLine(at + 1, `invalid ESCAPE '${value}' does not match \` or \\`);
    escapeWith = value;
  }
  return { escapeWith, begin: all.length };
}

export const atLine = (line: number, text: string): AppError =>
  new AppError('invalid', `dockerfile parse error on line ${line}: ${text}`);
