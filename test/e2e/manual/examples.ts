import { marked } from 'marked';

/** One command of a page, and what the page says it prints. */
export type Example = { readonly command: string; readonly expected: readonly string[] };

/**
 * The examples of a page, in order: in its ```console blocks, a command behind `$ ` (continued as long as lines end in a
 * backslash) and, up to the next command, what it prints on both outputs. Blocks of other kinds are not run.
 */
export function examplesOf(markdown: string): Example[] {
  return marked
    .lexer(markdown)
    .filter((token) => token.type === 'code' && token.lang === 'console')
    .flatMap((token) => readBlock((token as { readonly text: string }).text));
}

function readBlock(text: string): Example[] {
  const examples: { command: string; expected: string[] }[] = [];
  let open = false;
  for (const line of text.split('\n')) {
    const last = examples.at(-1);
    if (open && last !== undefined) last.command += `\n${line}`;
    else if (line.startsWith('$ ')) examples.push({ command: line.slice(2), expected: [] });
    else if (last === undefined)
      throw new Error(`a console block begins with a command behind "$ ", not with: ${line}`);
    else last.expected.push(line);
    open = (open || line.startsWith('$ ')) && line.endsWith('\\');
  }
  return examples;
}

/**
 * Whether this is what was printed. In `expected`, `…` stands for anything within a line, a line that is only `…` for
 * any number of lines; blanks in a row count as one, since tables are as wide as what is in them.
 */
export function matches(expected: readonly string[], printed: string): boolean {
  const lines = expected.map((line) => {
    if (line.trim() === '…') return '(?:.*\\n)*';
    const parts = tidy(line).split('…').map(RegExp.escape);
    return `${parts.join('.*')}\\n`;
  });
  const text = printed.split('\n').map(tidy).join('\n');
  return new RegExp(`^${lines.join('')}$`).test(text === '' || text.endsWith('\n') ? text : `${text}\n`);
}

const tidy = (line: string): string => line.replace(/\s+/g, ' ').trimEnd();
