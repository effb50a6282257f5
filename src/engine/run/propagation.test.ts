import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mountOf, parseMounts } from './propagation.ts';

const mounts = parseMounts(
  [
    '21 1 254:0 / / rw,relatime - ext4 /dev/vda rw',
    '30 21 0:26 / /mnt rw shared:5 - tmpfs tmpfs rw',
    '31 30 0:27 / /mnt/my\\040disk rw master:5 propagate_from:2 - tmpfs tmpfs rw',
    '32 21 0:28 / /mnt rw shared:9 - tmpfs tmpfs rw',
  ].join('\n'),
);

test('mountOf() finds the mount a path lies on, the last of those on one path', () => {
  assert.deepEqual(mountOf(mounts, '/mntx/a'), { path: '/', tags: [] });
  assert.deepEqual(mountOf(mounts, '/mnt'), { path: '/mnt', tags: ['shared:9'] });
  assert.deepEqual(mountOf(mounts, '/mnt/my disk/a'), { path: '/mnt/my disk', tags: ['master:5', 'propagate_from:2'] });
});
