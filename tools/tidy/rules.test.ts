import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Project } from '../source/project.ts';
import { sourceFindings } from './source-rules.ts';
import { treeFindings } from './tree-rules.ts';

function findings(path: string, text: string): string[] {
  using project = Project.of({ [path]: text });
  return project.files.flatMap(sourceFindings);
}
const lines = (count: number, line: string): string => `${line}\n`.repeat(count);

describe('sourceFindings()', () => {
  const untidy = [
    ['a file of 501 lines', 'src/a.ts', lines(500, 'export {};'), /501 lines, at most 500/],
    ['a table of 1001 lines', 'src/a.ts', `export const t = [\n${lines(999, '  1,')}];\n`, /1002 lines, at most 1000/],
    [
      'a function of 71 lines',
      'src/a.ts',
      `export function f() {\n${lines(69, '  f();')}}`,
      /a.ts:1: a function of 71/,
    ],
    [
      'a method of 71 lines',
      'src/a.ts',
      `export class C {\nm() {\n${lines(69, '  f();')}}}`,
      /a.ts:2: a function of 71/,
    ],
    ['an enum', 'src/a.ts', 'export enum E { A }', /enum/],
    ['a namespace', 'src/a.ts', 'export namespace N { export const a = 1; }', /namespace/],
    ['a parameter property', 'src/a.ts', 'export class C { constructor(readonly a: number) {} }', /parameter property/],
    ['a default export', 'src/a.ts', 'export default 1;', /default export/],
    ['the console', 'src/a.ts', "console.log('x');", /console/],
    ['koffi above the system calls', 'src/network/a.ts', "import koffi from 'koffi';", /koffi belongs in src\/syscall/],
    ['state of a module', 'src/a.ts', 'let count = 0;\nexport const next = () => count++;', /state of a module/],
  ] as const;
  for (const [what, path, text, expected] of untidy) {
    test(`finds ${what}`, () => {
      const found = findings(path, text);
      assert.equal(found.length, 1, found.join('\n'));
      assert.match(found[0]!, expected);
    });
  }

  const tidy = [
    ['a table of 900 lines', 'src/a.ts', `export const t = [\n${lines(898, '  1,')}];`],
    ['a function of 70 lines', 'src/a.ts', `export function f() {\n${lines(68, '  f();')}}`],
    ['a long list of tests', 'src/a.test.ts', `describe('x', () => {\n${lines(200, "  test('y');")}});`],
    ['an ambient declaration', 'src/a.ts', "declare module 'x' { export const a: number; }\nexport {};"],
    ['koffi among the system calls', 'src/syscall/a.ts', "import koffi from 'koffi';\nexport const k = koffi;"],
    ['the console of a tool', 'tools/a.ts', "console.log('x');"],
  ] as const;
  for (const [what, path, text] of tidy) {
    test(`leaves ${what} alone`, () => assert.deepEqual(findings(path, text), []));
  }
});

describe('treeFindings()', () => {
  test('finds folders and files whose name says nothing', () => {
    const found = treeFindings([
      { path: 'src/utils/a.ts', text: '' },
      { path: 'src/base/helpers.ts', text: '' },
    ]);
    assert.deepEqual(found, [
      'src/utils/a.ts: "utils" says nothing: name the idea',
      'src/base/helpers.ts: "helpers" says nothing: name the idea',
    ]);
  });

  test('finds work put off, with its line', () => {
    const putOff = ['TO', 'DO'].join('');
    const found = treeFindings([{ path: 'src/a.ts', text: `fine\n// ${putOff}: later\n` }]);
    assert.deepEqual(found, ['src/a.ts:2: do it now, or open an issue']);
  });

  test('finds a network driver that does not explain itself', () => {
    const driver = { path: 'src/network/drivers/x/index.ts', text: '' };
    assert.deepEqual(treeFindings([driver]), ['src/network/drivers/x: no README.md']);
    assert.deepEqual(treeFindings([driver, { path: 'src/network/drivers/x/README.md', text: '' }]), []);
  });
});
