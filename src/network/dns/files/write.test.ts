import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { writeGenerated, writeInPlace } from './write.ts';

function fileIn(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'ptl-write-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return join(folder, 'resolv.conf');
}

describe('writeInPlace()', () => {
  test('keeps the file that a container has mounted, and leaves nothing of a longer content', async (t) => {
    const path = fileIn(t);
    await writeInPlace(path, 'a long first content\n');
    const { ino } = statSync(path);
    await writeInPlace(path, 'short\n');
    assert.deepEqual([readFileSync(path, 'utf8'), statSync(path).ino], ['short\n', ino]);
  });

  test('makes a file that anybody may read', async (t) => {
    const path = fileIn(t);
    await writeInPlace(path, 'x');
    assert.equal(statSync(path).mode & 0o777, 0o644);
  });
});

describe('writeGenerated()', () => {
  test('replaces what it wrote itself', async (t) => {
    const path = fileIn(t);
    assert.equal(await writeGenerated(path, 'one\n'), true);
    assert.equal(await writeGenerated(path, 'two\n'), true);
    assert.equal(readFileSync(path, 'utf8'), 'two\n');
  });

  test('leaves a user’s edit alone for good', async (t) => {
    const path = fileIn(t);
    await writeGenerated(path, 'one\n');
    writeFileSync(path, 'mine\n');
    assert.equal(await writeGenerated(path, 'two\n'), false);
    assert.equal(await writeGenerated(path, 'three\n'), false);
    assert.equal(readFileSync(path, 'utf8'), 'mine\n');
  });

  test('does not take what a crash left for an edit', async (t) => {
    const path = fileIn(t);
    await writeGenerated(path, 'one\n');
    // As if the engine were killed after either of its two writes.
    for (const left of ['one\n', 'two\n']) {
      await writeGenerated(path, 'two\n');
      writeFileSync(path, left);
      assert.equal(await writeGenerated(path, 'three\n'), true, left);
      await writeGenerated(path, 'one\n');
    }
  });
});
