import type { Command } from './command.ts';
import { spellingOf } from './normalize.ts';

const columns = 80;

/** The text of `--help`, laid out as docker's. `names` are all the ways to write the command. */
export function commandHelp(command: Command, path: string, names: readonly string[]): string {
  const parts = [`Usage:  ${`${path} ${command.usage}`.trim()}`, command.summary];
  if (names.length > 1) parts.push(`Aliases:\n  ${names.map((name) => `portolan ${name}`).join(', ')}`);
  const options = Object.values(command.flags)
    .map((flag) => ({ ...spellingOf(flag), summary: flag.summary, initial: flag.initial }))
    .sort((a, b) => (a.long < b.long ? -1 : 1));
  if (options.length > 0) {
    const rows = options.map(({ short, long, kind, summary, initial }) => {
      const names = `${short === undefined ? '    ' : `${short}, `}${long}${kind === '' ? '' : ` ${kind}`}`;
      return [names, summary + defaultOf(initial)] as const;
    });
    parts.push(`Options:\n${twoColumns(rows)}`);
  }
  return `${parts.join('\n\n')}\n`;
}

function defaultOf(initial: unknown): string {
  if (initial === true) return ' (default true)';
  return typeof initial === 'string' && initial !== '' ? ` (default "${initial}")` : '';
}

/** Names on the left, explanations on the right, broken at the terminal's classic width. */
export function twoColumns(rows: readonly (readonly [left: string, right: string])[]): string {
  const left = Math.max(...rows.map(([name]) => name.length)) + 3;
  return rows
    .map(([name, summary]) => {
      const lines = wrap(summary, Math.max(30, columns - left - 2));
      return lines.map((line, at) => `  ${(at === 0 ? name : '').padEnd(left)}${line}`.trimEnd()).join('\n');
    })
    .join('\n');
}

function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
