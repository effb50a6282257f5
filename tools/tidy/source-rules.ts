import { type Node, NodeFlags, SyntaxKind } from 'typescript/unstable/ast';
import {
  isArrayLiteralExpression,
  isCallExpression,
  isEnumDeclaration,
  isExportAssignment,
  isIdentifier,
  isModuleDeclaration,
  isObjectLiteralExpression,
  isParameterDeclaration,
  isPropertyAccessExpression,
  isVariableStatement,
} from 'typescript/unstable/ast/is';
import { importsOf } from '../layers/imports.ts';
import type { Source } from '../source/project.ts';
import { lineOf, linesOf, walk, where } from '../source/walk.ts';

const maxFileLines = 500;
/** Rows of values and of test cases are read one at a time: length does not make them harder. */
const maxTableLines = 1000;
const maxFunctionLines = 70;

/** What can be said of one TypeScript file. */
export function sourceFindings(source: Source): string[] {
  const nodes = [...walk(source.tree)];
  const inSrc = source.path.startsWith('src/');
  return [
    ...fileLength(source),
    ...nodes.flatMap((node) => [...functionLength(source, node), ...unerasable(source, node)]),
    ...(inSrc ? nodes.flatMap((node) => consoleUse(source, node)) : []),
    ...(inSrc && !source.path.startsWith('src/syscall/') ? foreignCalls(source) : []),
    ...(inSrc ? moduleState(source) : []),
  ];
}

function fileLength(source: Source): string[] {
  const lines = lineOf(source, source.tree.getEnd());
  const inTables = source.tree.statements.filter(isTable).reduce((sum, table) => sum + linesOf(source, table), 0);
  const limit = inTables > lines * 0.8 ? maxTableLines : maxFileLines;
  return lines > limit ? [`${source.path}: ${lines} lines, at most ${limit}: find the second idea in it`] : [];
}

/** `const rows = [...]` or `{...}` at the top of a module, `as const` and `satisfies` included. */
function isTable(statement: Node): boolean {
  if (!isVariableStatement(statement)) return false;
  return [...walk(statement)].some((node) => isArrayLiteralExpression(node) || isObjectLiteralExpression(node));
}

const functions: ReadonlySet<SyntaxKind> = new Set([
  SyntaxKind.FunctionDeclaration,
  SyntaxKind.FunctionExpression,
  SyntaxKind.ArrowFunction,
  SyntaxKind.MethodDeclaration,
  SyntaxKind.Constructor,
  SyntaxKind.GetAccessor,
  SyntaxKind.SetAccessor,
]);

function functionLength(source: Source, node: Node): string[] {
  if (!functions.has(node.kind) || isSuite(node)) return [];
  const lines = linesOf(source, node);
  return lines > maxFunctionLines
    ? [`${where(source, node)}: a function of ${lines} lines, at most ${maxFunctionLines}`]
    : [];
}

/** The body of describe() only lists tests. */
function isSuite(node: Node): boolean {
  const { parent } = node;
  if (!isCallExpression(parent) || !isIdentifier(parent.expression)) return false;
  return ['describe', 'suite'].includes(parent.expression.text);
}

/** What Node cannot strip, and default exports, whose names differ from file to file. */
function unerasable(source: Source, node: Node): string[] {
  const say = (what: string): string[] => [`${where(source, node)}: ${what}`];
  if (isEnumDeclaration(node)) return say('enum: use an `as const` object and a union type');
  if (isModuleDeclaration(node) && isNamespace(node)) return say('namespace: use a module');
  if (isParameterDeclaration(node) && node.modifiers !== undefined) return say('parameter property: declare a field');
  if (isExportAssignment(node)) return say('default export: give it a name');
  return [];
}

/** Not `declare module 'x'` nor `declare global`, which only describe. */
function isNamespace(node: Node): boolean {
  return [...walk(node)].some((n) => n.kind === SyntaxKind.ModuleBlock) && !isAmbient(node);
}

const isAmbient = (node: Node): boolean =>
  (node as { modifiers?: readonly Node[] }).modifiers?.some((m) => m.kind === SyntaxKind.DeclareKeyword) === true;

function consoleUse(source: Source, node: Node): string[] {
  const used = isPropertyAccessExpression(node) && isIdentifier(node.expression) && node.expression.text === 'console';
  return used ? [`${where(source, node)}: console: the engine logs through base/log.ts`] : [];
}

function foreignCalls(source: Source): string[] {
  const imports = importsOf(source).filter(({ target }) => target === 'koffi');
  return imports.map(({ at }) => `${at}: koffi belongs in src/syscall`);
}

/** `let` outside of any function: state that two engines in one process would share. */
function moduleState(source: Source): string[] {
  return source.tree.statements
    .filter((statement) => isVariableStatement(statement) && !isConstant(statement.declarationList.flags))
    .map((statement) => `${where(source, statement)}: state of a module: give it an owner`);
}

const isConstant = (flags: number): boolean => (flags & (NodeFlags.Const | NodeFlags.Using)) !== 0;
