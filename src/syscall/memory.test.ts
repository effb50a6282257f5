import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { pristine, releaseUnused } from './memory.ts';

const fileKib = (): number => Number(/^RssFile:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))![1]);

test('releaseUnused() lets go of most pages of files, and all goes on as before', async () => {
  const before = fileKib();
  await releaseUnused();
  const after = fileKib();
  assert.ok(after < before * 0.8, `${before} KiB before, ${after} after`);
  assert.equal(JSON.stringify([1, new Intl.NumberFormat('en').format(1234)]), '[1,"1,234"]');
  await releaseUnused();
});

const entry = (head: string, anonymousKib: number): string =>
  `${head}\nSize:  4 kB\nAnonymous:             ${anonymousKib} kB\nVmFlags: rd ex`;

test('pristine() leaves out what can be written, what was written, and what is no file', () => {
  const smaps = [
    entry('00400000-00746000 r--p 00000000 fe:00 42                            /usr/bin/node', 0),
    entry('0074a000-03044000 r-xp 0034a000 fe:00 42                            /usr/bin/node', 0),
    entry('03201000-06b51000 r--p 02e01000 fe:00 42                            /usr/bin/node', 12),
    entry('06b51000-06b52000 rw-p 02e01000 fe:00 42                            /usr/bin/node', 0),
    entry('7f7652ffa000-7f7652ffb000 r--s 00000000 00:1a 7                     /dev/shm/x', 0),
    entry('7ffc1a5ce000-7ffc1a5d0000 r-xp 00000000 00:00 0                     [vdso]', 0),
  ].join('\n');
  assert.deepEqual(pristine(smaps), [
    { start: 0x40_0000n, end: 0x74_6000n },
    { start: 0x74_a000n, end: 0x304_4000n },
  ]);
});
