import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseBind } from './bind-spec.ts';

for (const c of [
  { spec: '/src:/dst', want: { source: '/src', destination: '/dst', readOnly: false, propagation: '' } },
  { spec: '/src:/dst/:ro', want: { source: '/src', destination: '/dst', readOnly: true, propagation: '' } },
  {
    spec: '/data:/var/lib:ro,rshared,Z,delegated',
    want: { source: '/data', destination: '/var/lib', readOnly: true, propagation: 'rshared' },
  },
  { spec: '/anonymous', want: { source: '', destination: '/anonymous', readOnly: false, propagation: '' } },
]) {
  test(`parseBind() reads ${c.spec}`, () => {
    const { source, destination, readOnly, propagation } = parseBind(c.spec);
    assert.deepEqual({ source, destination, readOnly, propagation }, c.want);
  });
}

for (const c of [
  { spec: '/a:/b:/c:/d', text: /invalid volume specification: '\/a:\/b:\/c:\/d'/ },
  { spec: '/a:relative', text: /mount path must be absolute/ },
  { spec: '/a:/', text: /destination can't be '\/'/ },
  { spec: '/a:/b:sideways', text: /invalid mode: sideways/ },
  { spec: '/a:/b:ro,rw', text: /invalid mode: ro,rw/ },
  { spec: '/a:/b:z,Z', text: /invalid mode: z,Z/ },
  { spec: 'v:/b:rslave', text: /invalid mount config for type "volume": field BindOptions must not be specified/ },
  { spec: '/a:/b:nocopy', text: /invalid mount config for type "bind": field VolumeOptions must not be specified/ },
  { spec: ':/b', text: /invalid volume specification/ },
]) {
  test(`parseBind() refuses ${c.spec}`, () => {
    assert.throws(() => parseBind(c.spec), c.text);
  });
}
