import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Project } from '../source/project.ts';
import { layerViolations } from './rules.ts';

function violations(texts: Readonly<Record<string, string>>): string[] {
  using project = Project.of(texts);
  return layerViolations(project.files);
}

describe('layerViolations()', () => {
  const refused = [
    ['an upward import', 'src/base/a.ts', "import { x } from '../api/index.ts';", /^src\/base\/a\.ts:1: base may not/],
    ['an import for types only', 'src/base/a.ts', "import type { X } from '../api/index.ts';", /may not import/],
    ['a re-export', 'src/base/a.ts', "export { x } from '../api/index.ts';", /may not import/],
    ['a dynamic import', 'src/base/a.ts', "export const x = () => import('../api/index.ts');", /may not import/],
    ['an import inside a type', 'src/base/a.ts', "export type X = import('../api/index.ts').X;", /may not import/],
    ['a file behind an index', 'src/engine/a.ts', "import { x } from '../store/table.ts';", /import store\/index\.ts/],
    ['a folder without a row', 'src/odd/a.ts', "import { x } from '../base/index.ts';", /odd has no row/],
    ['mounts from the network', 'src/network/a.ts', "import { x } from '../syscall/mount.ts';", /may not import/],
    ['a driver that calls the kernel', 'src/network/drivers/x/a.ts', "import '../../../syscall/netns.ts';", /is pure/],
    ['a driver that knows another', 'src/network/drivers/x/a.ts', "import '../y/a.ts';", /drivers\/x may not know/],
  ] as const;
  for (const [what, path, text, expected] of refused) {
    test(`finds ${what}`, () => {
      const found = violations({ [path]: text });
      assert.equal(found.length, 1, found.join('\n'));
      assert.match(found[0]!, expected);
    });
  }

  const allowed = [
    ['a folder below through its index', 'src/engine/a.ts', "import { x } from '../store/index.ts';"],
    ['a codec by file', 'src/network/a.ts', "import { x } from '../netlink/rt/link.ts';"],
    ['a pattern of files', 'src/network/a.ts', "import { x } from '../syscall/socket-filter.ts';"],
    ['a neighbour in the same folder', 'src/engine/a.ts', "import { x } from './container/b.ts';"],
    ['the drivers’ own interface', 'src/network/drivers/x/a.ts', "import { x } from '../driver.ts';"],
    ['anything from the composition root', 'src/main.ts', "import { x } from './engine/index.ts';"],
    ['anything from a test', 'src/base/a.test.ts', "import { x } from '../engine/container/b.ts';"],
    ['packages', 'src/base/a.ts', "import { x } from 'node:fs';"],
  ] as const;
  for (const [what, path, text] of allowed) {
    test(`allows ${what}`, () => assert.deepEqual(violations({ [path]: text }), []));
  }
});
