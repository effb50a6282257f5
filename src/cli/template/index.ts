import { render } from './evaluate.ts';
import { parseTemplate } from './parser.ts';

export { TemplateError } from './lexer.ts';
export { goJson } from './show.ts';

/** Reads a Go template once; the result renders values. Throws TemplateError, also when rendering. */
export function compile(source: string): (data: unknown) => string {
  const nodes = parseTemplate(source);
  return (data) => render(nodes, data);
}

/** In a --format, a written-out \t or \n is a tab or a new line. */
export const unescapeFormat = (format: string): string => format.replaceAll('\\t', '\t').replaceAll('\\n', '\n');
