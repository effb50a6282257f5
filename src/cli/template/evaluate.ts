import { functions } from './functions.ts';
import { TemplateError } from './lexer.ts';
import { isTrue, show } from './show.ts';
import type { Block, Call, Expression, Node, Pipeline } from './tree.ts';

/** A template's output over `data`. A field that is not there is an error that names it, as with docker. */
export function render(nodes: readonly Node[], data: unknown): string {
  return new Scope(data, new Map([['$', data]])).list(nodes);
}

class Scope {
  readonly #dot: unknown;
  readonly #variables: Map<string, unknown>;
  readonly #outer: Scope | undefined;

  constructor(dot: unknown, variables: Map<string, unknown>, outer?: Scope) {
    this.#dot = dot;
    this.#variables = variables;
    this.#outer = outer;
  }

  list(nodes: readonly Node[]): string {
    return nodes.map((node) => this.#node(node)).join('');
  }

  #node(node: Node): string {
    if (node.kind === 'text') return node.text;
    if (node.kind === 'print') return this.#print(node.pipeline);
    const inner = new Scope(this.#dot, new Map(), this);
    const value = inner.#value(node.pipeline);
    if (node.kind === 'range') return inner.#range(node, value);
    if (!isTrue(value)) return inner.list(node.otherwise);
    inner.#declare(node.pipeline, value);
    return new Scope(node.kind === 'with' ? value : this.#dot, new Map(), inner).list(node.body);
  }

  #print(pipeline: Pipeline): string {
    const value = this.#value(pipeline);
    if (pipeline.variables.length === 0) return typeof value === 'string' ? value : show(value);
    this.#declare(pipeline, value);
    return '';
  }

  #range(node: Block, value: unknown): string {
    const entries = entriesOf(value);
    if (entries.length === 0) return this.list(node.otherwise);
    const names = node.pipeline.variables;
    return entries
      .map(([key, item]) => {
        const [first, second] = names;
        const variables = new Map<string, unknown>();
        if (first !== undefined) variables.set(first, second === undefined ? item : key);
        if (second !== undefined) variables.set(second, item);
        return new Scope(item, variables, this).list(node.body);
      })
      .join('');
  }

  #declare(pipeline: Pipeline, value: unknown): void {
    for (const name of pipeline.variables) {
      const owner = pipeline.assigns ? this.#owner(name) : this;
      owner.#variables.set(name, value);
    }
  }

  #owner(name: string): Scope {
    if (this.#variables.has(name)) return this;
    if (this.#outer === undefined) throw new TemplateError(`template: :1: undefined variable "${name}"`);
    return this.#outer.#owner(name);
  }

  #value(pipeline: Pipeline): unknown {
    let value: unknown;
    pipeline.calls.forEach((call, place) => {
      value = this.#call(call, place === 0 ? [] : [value]);
    });
    return value;
  }

  #call(call: Call, piped: readonly unknown[]): unknown {
    const parameters = [...call.parameters.map((parameter) => this.#expression(parameter, [])), ...piped];
    return this.#expression(call.callee, parameters);
  }

  #expression(expression: Expression, parameters: readonly unknown[]): unknown {
    switch (expression.kind) {
      case 'literal':
        return expression.value;
      case 'field':
        return follow(this.#dot, expression.names, parameters, '');
      case 'variable':
        return follow(
          this.#owner(expression.name).#variables.get(expression.name),
          expression.names,
          parameters,
          expression.name,
        );
      case 'group':
        return follow(this.#value(expression.pipeline), expression.names, parameters, '');
      case 'function': {
        const body = functions[expression.name];
        if (body === undefined) throw new TemplateError(`template: :1: function "${expression.name}" not defined`);
        return body(...parameters);
      }
    }
  }
}

/** Lists by place, maps by sorted key. */
function entriesOf(value: unknown): readonly (readonly [unknown, unknown])[] {
  if (Array.isArray(value)) return [...value.entries()];
  if (typeof value === 'number') return Array.from({ length: value }, (_item, place) => [place, place] as const);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Walks `.A.B` from a value. A function found there is called: rows offer `.Label "key"`. */
function follow(from: unknown, names: readonly string[], parameters: readonly unknown[], prefix: string): unknown {
  let value = from;
  for (const [place, name] of names.entries()) {
    const path = `${prefix}.${names.slice(0, place + 1).join('.')}`;
    if (value === null || value === undefined) {
      throw new TemplateError(`template: :1: executing "" at <${path}>: nil pointer evaluating interface {}.${name}`);
    }
    if (typeof value !== 'object' || !Object.hasOwn(value, name)) {
      throw new TemplateError(`template: :1: executing "" at <${path}>: map has no entry for key "${name}"`);
    }
    value = (value as Readonly<Record<string, unknown>>)[name];
    if (typeof value === 'function') value = (value as (...values: readonly unknown[]) => unknown)(...parameters);
  }
  return value;
}
