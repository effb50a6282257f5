/** A value to work out. `source` is how it is written, for messages. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: unknown }
  | { readonly kind: 'field'; readonly names: readonly string[] }
  | { readonly kind: 'variable'; readonly name: string; readonly names: readonly string[] }
  | { readonly kind: 'function'; readonly name: string }
  /** `(…).Name`. */
  | { readonly kind: 'group'; readonly pipeline: Pipeline; readonly names: readonly string[] };

/** One command of a pipeline: the first word is called with the others, when it can be called. */
export type Call = { readonly callee: Expression; readonly parameters: readonly Expression[] };

export type Pipeline = {
  /** `$x :=` or `$i, $x :=` in front. */
  readonly variables: readonly string[];
  /** `=` instead of `:=`: an outer variable changes. */
  readonly assigns: boolean;
  readonly calls: readonly Call[];
};

/** `{{if}} … {{else}} … {{end}}` and its like. */
export type Block = {
  readonly kind: 'if' | 'with' | 'range';
  readonly pipeline: Pipeline;
  readonly body: readonly Node[];
  readonly otherwise: readonly Node[];
};

export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'print'; readonly pipeline: Pipeline }
  | Block;
