import type { Node } from 'typescript/unstable/ast';
import type { Source } from './project.ts';

/** Every node of a tree, parents before children. */
export function* walk(node: Node): Generator<Node> {
  yield node;
  const children: Node[] = [];
  // A visitor that answers something ends the visit.
  node.forEachChild((child) => {
    children.push(child);
  });
  for (const child of children) yield* walk(child);
}

/** Lines are counted from 1. */
export function lineOf(source: Source, position: number): number {
  return source.tree.getLineAndCharacterOfPosition(position).line + 1;
}

export const linesOf = (source: Source, node: Node): number =>
  lineOf(source, node.getEnd()) - lineOf(source, node.getStart(source.tree)) + 1;

/** As editors and terminals make it a link: "src/base/ip.ts:12". */
export const where = (source: Source, node: Node): string =>
  `${source.path}:${lineOf(source, node.getStart(source.tree))}`;
