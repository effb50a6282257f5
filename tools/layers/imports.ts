import { join } from 'node:path/posix';
import type { Node } from 'typescript/unstable/ast';
import { SyntaxKind } from 'typescript/unstable/ast';
import {
  isCallExpression,
  isExportDeclaration,
  isImportDeclaration,
  isImportTypeNode,
  isLiteralTypeNode,
  isStringLiteral,
} from 'typescript/unstable/ast/is';
import type { Source } from '../source/project.ts';
import { walk, where } from '../source/walk.ts';

/** `target` is a path from the root of the repository, or a package's name. */
export type Import = { readonly target: string; readonly at: string };

/** What a file imports: for its types only, re-exported, or while it runs included. */
export function importsOf(source: Source): Import[] {
  return [...walk(source.tree)].flatMap((node) => {
    const specifier = specifierOf(node);
    return specifier === undefined ? [] : [{ target: resolve(source.path, specifier), at: where(source, node) }];
  });
}

function specifierOf(node: Node): string | undefined {
  if (isImportDeclaration(node) || isExportDeclaration(node)) return textOf(node.moduleSpecifier);
  if (isImportTypeNode(node)) return isLiteralTypeNode(node.argument) ? textOf(node.argument.literal) : undefined;
  const dynamic = isCallExpression(node) && node.expression.kind === SyntaxKind.ImportKeyword;
  return dynamic ? textOf(node.arguments[0]) : undefined;
}

const textOf = (node: Node | undefined): string | undefined =>
  node !== undefined && isStringLiteral(node) ? node.text : undefined;

const resolve = (from: string, specifier: string): string =>
  specifier.startsWith('.') ? join(from, '..', specifier) : specifier;
