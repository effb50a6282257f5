import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../../base/index.ts';
import { type ContainerCreateInput, type MountPoint, parseContainerCreate } from '../../contract/index.ts';
import { planMounts } from './mount-points.ts';
import { destinationOf } from './wanted-mount.ts';

const shared: MountPoint = {
  Type: 'bind',
  Source: '/srv',
  Destination: '/srv',
  Mode: '',
  RW: true,
  Propagation: 'rprivate',
};

const containers = {
  find(ref: string) {
    if (ref !== 'other') throw new AppError('not-found', `No such container: ${ref}`);
    return { record: { mounts: [shared] } };
  },
};

function plan(input: ContainerCreateInput) {
  const { Config, HostConfig } = parseContainerCreate(input);
  return planMounts({ containers } as never, { config: Config, hostConfig: HostConfig });
}

for (const c of [
  { name: 'one place twice', host: { Binds: ['/a:/x', '/b:/x/'] }, text: 'Duplicate mount point: /x' },
  { name: 'a bind under a tmpfs', host: { Binds: ['/a:/x'], Tmpfs: { '/x': '' } }, text: 'Duplicate mount point: /x' },
  {
    name: 'a relative tmpfs',
    host: { Tmpfs: { x: '' } },
    text: "invalid mount path: 'x' mount path must be absolute",
  },
  {
    name: 'an unknown option of a tmpfs',
    host: { Tmpfs: { '/x': 'rw,colour=red' } },
    text: 'invalid tmpfs option ["colour" "red"]',
  },
  {
    name: 'an unknown kind of mount',
    host: { Mounts: [{ Type: 'cloud', Target: '/x' }] },
    text: 'invalid mount config for type "cloud": mount type unknown',
  },
  {
    name: 'a relative source',
    host: { Mounts: [{ Type: 'bind', Source: 'here', Target: '/x' }] },
    text: `invalid mount config for type "bind": invalid mount path: 'here' mount path must be absolute`,
  },
  {
    name: 'an option of binds for a volume',
    host: { Mounts: [{ Type: 'volume', Source: 'vv', Target: '/x', BindOptions: { Propagation: 'rslave' } }] },
    text: 'invalid mount config for type "volume": field BindOptions must not be specified',
  },
  {
    name: 'an unknown propagation',
    host: { Mounts: [{ Type: 'bind', Source: '/', Target: '/x', BindOptions: { Propagation: 'odd' } }] },
    text: 'invalid mount config for type "bind": invalid propagation mode: odd',
  },
  {
    name: 'a part of a nameless volume',
    host: { Mounts: [{ Type: 'volume', Target: '/x', VolumeOptions: { Subpath: 'a' } }] },
    text: 'invalid mount config for type "volume": must not set Subpath when using anonymous volumes',
  },
  {
    name: 'a part outside of a volume',
    host: { Mounts: [{ Type: 'volume', Source: 'vv', Target: '/x', VolumeOptions: { Subpath: 'a/../../b' } }] },
    text: 'invalid mount config for type "volume": subpath must be a relative path within the volume',
  },
  {
    name: 'a nameless volume that is read-only',
    host: { Mounts: [{ Type: 'volume', Target: '/x', ReadOnly: true }] },
    text: 'invalid mount config for type "volume": must not set ReadOnly mode when using anonymous volumes',
  },
  { name: 'an empty --volumes-from', host: { VolumesFrom: [''] }, text: /cannot be an empty string/ },
  { name: 'volumes of a container that is not there', host: { VolumesFrom: ['nosuch'] }, text: /^No such container/ },
  { name: 'an unknown mode of --volumes-from', host: { VolumesFrom: ['other:odd'] }, text: 'invalid mode: odd' },
] as { name: string; host: ContainerCreateInput['HostConfig']; text: string | RegExp }[]) {
  test(`planMounts() refuses ${c.name}`, async () => {
    await assert.rejects(plan({ HostConfig: c.host ?? {} }), { kind: 'invalid', message: c.text });
  });
}

test('planMounts() lets what is asked for replace what is inherited, and both replace the image’s volumes', async () => {
  const wanted = await plan({
    Volumes: { '/srv': {}, '/t': {}, '/own/': {} },
    HostConfig: { VolumesFrom: ['other'], Binds: ['data:/srv'], Tmpfs: { '/t': '' } },
  });
  assert.deepEqual(wanted.map(destinationOf), ['/srv', '/own']);
  assert.deepEqual(
    wanted.map((one) => one.kind === 'volume' && { name: one.name, mode: one.mode }),
    [
      { name: 'data', mode: 'z' },
      { name: '', mode: '' },
    ],
  );
});

test('planMounts() keeps a volume’s labels, and takes :ro over from --volumes-from', async () => {
  const VolumeOptions = { Labels: { a: 'b' } };
  const wanted = await plan({
    HostConfig: { VolumesFrom: ['other:ro'], Mounts: [{ Type: 'volume', Target: '/v', VolumeOptions }] },
  });
  assert.deepEqual(wanted[0], { kind: 'path', point: { ...shared, RW: false }, makeSource: false });
  assert.deepEqual(wanted[1]?.kind === 'volume' && wanted[1].labels, { a: 'b' });
});
