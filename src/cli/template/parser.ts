import { type Part, split, TemplateError, type Token, tokenize } from './lexer.ts';
import type { Call, Expression, Node, Pipeline } from './tree.ts';

/** Reads the part of Go's text/template that people use with --format. Throws TemplateError. */
export function parseTemplate(source: string): readonly Node[] {
  const reader = new Reader(split(source));
  const { nodes, end } = reader.list();
  if (end !== undefined) throw new TemplateError(`template: :1: unexpected {{${end}}}`);
  return nodes;
}

const blocks: readonly string[] = ['if', 'with', 'range'];

class Reader {
  readonly #parts: readonly Part[];
  #at = 0;

  constructor(parts: readonly Part[]) {
    this.#parts = parts;
  }

  /** Nodes up to the `end` or `else` that closes the block, or to the end of the template. */
  list(): { readonly nodes: readonly Node[]; readonly end: string | undefined } {
    const nodes: Node[] = [];
    for (;;) {
      const part = this.#parts[this.#at++];
      if (part === undefined) return { nodes, end: undefined };
      if (part.kind === 'text') {
        nodes.push({ kind: 'text', text: part.source });
        continue;
      }
      const keyword = /^\w+/.exec(part.source)?.[0] ?? '';
      if (keyword === 'end' || keyword === 'else') return { nodes, end: part.source };
      nodes.push(
        blocks.includes(keyword) ? this.#block(part.source) : { kind: 'print', pipeline: pipeline(part.source) },
      );
    }
  }

  #block(source: string): Node {
    const kind = /^\w+/.exec(source)![0] as 'if' | 'with' | 'range';
    const condition = pipeline(source.slice(kind.length));
    const body = this.list();
    if (body.end === undefined) throw new TemplateError(`template: :1: unexpected EOF`);
    if (body.end === 'end') return { kind, pipeline: condition, body: body.nodes, otherwise: [] };
    return { kind, pipeline: condition, body: body.nodes, otherwise: this.#otherwise(body.end) };
  }

  /** What follows `else`, or the block that `else if …` opens, which shares this one's `end`. */
  #otherwise(source: string): readonly Node[] {
    const chained = source.slice('else'.length).trim();
    if (chained !== '') return [this.#block(chained)];
    const { nodes, end } = this.list();
    if (end !== 'end') throw new TemplateError(`template: :1: unexpected ${end === undefined ? 'EOF' : `{{${end}}}`}`);
    return nodes;
  }
}

function pipeline(source: string): Pipeline {
  const cursor = { tokens: tokenize(source), at: 0 };
  const result = pipelineAt(cursor);
  if (cursor.at < cursor.tokens.length) throw new TemplateError(`template: :1: unexpected <${source}> in command`);
  return result;
}

type Cursor = { readonly tokens: readonly Token[]; at: number };

const isSign = (token: Token | undefined, sign: string): boolean => token?.kind === 'sign' && token.value === sign;

function pipelineAt(cursor: Cursor): Pipeline {
  const { variables, assigns } = declaration(cursor);
  const calls: Call[] = [callAt(cursor)];
  while (isSign(cursor.tokens[cursor.at], '|')) {
    cursor.at++;
    calls.push(callAt(cursor));
  }
  return { variables, assigns, calls };
}

/** `$x :=`, `$i, $x :=` or `$x =` at the front, if one is there. */
function declaration(cursor: Cursor): { readonly variables: readonly string[]; readonly assigns: boolean } {
  const variables: string[] = [];
  for (let at = cursor.at; ; at += 2) {
    const token = cursor.tokens[at];
    const next = cursor.tokens[at + 1];
    if (token?.kind !== 'variable' || token.names.length > 0) break;
    variables.push(token.name);
    if (isSign(next, ',')) continue;
    if (!isSign(next, ':=') && !isSign(next, '=')) break;
    cursor.at = at + 2;
    return { variables, assigns: isSign(next, '=') };
  }
  return { variables: [], assigns: false };
}

function callAt(cursor: Cursor): Call {
  const words: Expression[] = [];
  for (;;) {
    const token = cursor.tokens[cursor.at];
    if (token === undefined || isSign(token, ')') || isSign(token, '|')) break;
    words.push(expressionAt(cursor));
  }
  const [callee, ...parameters] = words;
  if (callee === undefined) throw new TemplateError('template: :1: missing value for command');
  return { callee, parameters };
}

function expressionAt(cursor: Cursor): Expression {
  const token = cursor.tokens[cursor.at++]!;
  switch (token.kind) {
    case 'string':
    case 'number':
      return { kind: 'literal', value: token.value };
    case 'field':
    case 'variable':
      return token;
    case 'word':
      return word(token.value);
    case 'sign':
      return groupAt(cursor, token.value);
  }
}

const constants: Readonly<Record<string, unknown>> = { true: true, false: false, nil: null };

function word(name: string): Expression {
  return name in constants ? { kind: 'literal', value: constants[name] } : { kind: 'function', name };
}

function groupAt(cursor: Cursor, sign: string): Expression {
  if (sign !== '(') throw new TemplateError(`template: :1: unexpected <${sign}> in operand`);
  const inner = pipelineAt(cursor);
  if (!isSign(cursor.tokens[cursor.at++], ')')) throw new TemplateError('template: :1: unclosed left paren');
  const next = cursor.tokens[cursor.at];
  if (next?.kind !== 'field' || next.names.length === 0) return { kind: 'group', pipeline: inner, names: [] };
  cursor.at++;
  return { kind: 'group', pipeline: inner, names: next.names };
}
