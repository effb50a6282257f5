import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseContainerCreate } from '../../contract/index.ts';
import { migrateMount } from './mounts.ts';

const mount = (fields: object) =>
  parseContainerCreate({ Image: 'x', HostConfig: { Mounts: [{ Target: '/t', ...fields }] } }).HostConfig.Mounts[0]!;

for (const { version, fields, text } of [
  {
    version: '1.44',
    fields: { Type: 'volume', VolumeOptions: { Subpath: 'a' } },
    text: 'VolumeOptions.Subpath needs API v1.45 or newer',
  },
  {
    version: '1.43',
    fields: { Type: 'bind', BindOptions: { ReadOnlyForceRecursive: true } },
    text: 'BindOptions.ReadOnlyForceRecursive needs API v1.44 or newer',
  },
  { version: '1.47', fields: { Type: 'image' }, text: 'Mount type "Image" needs API v1.48 or newer' },
  {
    version: '1.42',
    fields: { Type: 'bind', TmpfsOptions: {} },
    text: 'TmpfsOptions must not be specified on mount type "bind"',
  },
  {
    version: '1.50',
    fields: { Type: 'tmpfs', BindOptions: {} },
    text: 'BindOptions must not be specified on mount type "tmpfs"',
  },
]) {
  test(`migrateMount() refuses for ${version}: ${text}`, () => {
    assert.throws(() => migrateMount(mount(fields), version), { kind: 'invalid', message: text });
  });
}

test('migrateMount() leaves out what a version did not know, and keeps what it meant', () => {
  const bind = mount({ Type: 'bind', ReadOnly: true, BindOptions: { CreateMountpoint: true, NonRecursive: true } });
  assert.deepEqual(migrateMount(bind, '1.50'), bind);
  const options = (version: string) => migrateMount(bind, version).BindOptions!;
  const shown = (version: string) => {
    const { CreateMountpoint, NonRecursive, ReadOnlyNonRecursive } = options(version);
    return [CreateMountpoint, NonRecursive, ReadOnlyNonRecursive];
  };
  assert.deepEqual(shown('1.43'), [true, true, true]);
  assert.deepEqual(shown('1.41'), [false, true, true]);
  assert.deepEqual(shown('1.39'), [false, false, true]);
  assert.equal(migrateMount(mount({ Type: 'bind', TmpfsOptions: { Mode: 1 } }), '1.41').TmpfsOptions, null);
});
