/** A piece of a template: text between actions, or the inside of one `{{ … }}`. */
export type Part = { readonly kind: 'text' | 'action'; readonly source: string; readonly column: number };

export type Token =
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'number'; readonly value: number }
  /** A function, a keyword, `true`, `false` or `nil`. */
  | { readonly kind: 'word'; readonly value: string }
  /** `.`, `.Name.Other`: the names. */
  | { readonly kind: 'field'; readonly names: readonly string[] }
  /** `$`, `$x`, `$x.Name`. */
  | { readonly kind: 'variable'; readonly name: string; readonly names: readonly string[] }
  | { readonly kind: 'sign'; readonly value: '(' | ')' | '|' | ',' | ':=' | '=' };

/** A template that cannot be read. The message has the wording of Go's text/template. */
export class TemplateError extends Error {
  override readonly name: string = 'TemplateError';
}

/** Splits at `{{` and `}}`, trims as `{{-` and `-}}` ask, drops comments. */
export function split(source: string): readonly Part[] {
  const parts: Part[] = [];
  let at = 0;
  let trimNext = false;
  while (at < source.length) {
    const open = source.indexOf('{{', at);
    let text = source.slice(at, open === -1 ? undefined : open);
    if (trimNext) text = text.trimStart();
    if (open === -1) {
      parts.push({ kind: 'text', source: text, column: at });
      break;
    }
    const close = endOfAction(source, open + 2);
    let inside = source.slice(open + 2, close);
    if (/^-\s/.test(inside)) {
      text = text.trimEnd();
      inside = inside.slice(1);
    }
    trimNext = /\s-$/.test(inside);
    if (trimNext) inside = inside.slice(0, -1);
    if (text !== '') parts.push({ kind: 'text', source: text, column: at });
    if (!/^\s*\/\*[\s\S]*\*\/\s*$/.test(inside))
      parts.push({ kind: 'action', source: inside.trim(), column: open + 2 });
    at = close + 2;
  }
  return parts;
}

/** Where the `}}` stands that ends an action: one in a quoted text does not. */
function endOfAction(source: string, from: number): number {
  const pattern = /"(?:[^"\\]|\\.)*"|`[^`]*`|}}|}/g;
  pattern.lastIndex = from;
  for (let match = pattern.exec(source); match !== null; match = pattern.exec(source)) {
    if (match[0] === '}}') return match.index;
    if (match[0] === '}') throw new TemplateError(`template: :1: bad character U+007D '}'`);
  }
  throw new TemplateError('template: :1: unclosed action');
}

const tokenPattern =
  /\s+|("(?:[^"\\]|\\.)*")|`([^`]*)`|([-+]?\d+(?:\.\d+)?)|(\$\w*(?:\.\w+)*)|((?:\.\w+)+|\.)|([A-Za-z_]\w*)|(:=|[()|,=])/y;

/** The words of one action. */
export function tokenize(action: string): readonly Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(tokenPattern);
  while (pattern.lastIndex < action.length) {
    const from = pattern.lastIndex;
    const match = pattern.exec(action);
    if (match === null) throw new TemplateError(`template: :1: unexpected ${JSON.stringify(action[from])} in operand`);
    const token = tokenOf(match);
    if (token !== undefined) tokens.push(token);
  }
  return tokens;
}

function tokenOf(match: RegExpExecArray): Token | undefined {
  const [, quoted, raw, number, variable, field, word, sign] = match;
  if (quoted !== undefined) return { kind: 'string', value: unquote(quoted) };
  if (raw !== undefined) return { kind: 'string', value: raw };
  if (number !== undefined) return { kind: 'number', value: Number(number) };
  if (variable !== undefined) {
    const [name = '', ...names] = variable.split('.');
    return { kind: 'variable', name, names };
  }
  if (field !== undefined) return { kind: 'field', names: field.split('.').filter((name) => name !== '') };
  if (word !== undefined) return { kind: 'word', value: word };
  if (sign !== undefined) return { kind: 'sign', value: sign as '(' };
  return undefined;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\', '"': '"', "'": "'" };

function unquote(text: string): string {
  return text.slice(1, -1).replace(/\\(.)/g, (whole, letter: string) => escapes[letter] ?? whole);
}
