import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MS_BIND, MS_NOEXEC, MS_RDONLY, MS_REC, MS_SLAVE } from '../syscall/mount.ts';
import { checkOptions } from './device.ts';
import { parseMountOptions } from './mount-options.ts';

for (const { text, want } of [
  { text: '', want: { flags: 0, data: '', propagation: [] } },
  { text: 'rbind,ro', want: { flags: MS_BIND | MS_REC | MS_RDONLY, data: '', propagation: [] } },
  { text: 'ro,rw,noexec', want: { flags: MS_NOEXEC, data: '', propagation: [] } },
  { text: 'size=3m,defaults,uid=7', want: { flags: 0, data: 'size=3m,uid=7', propagation: [] } },
  { text: 'bind,rslave', want: { flags: MS_BIND, data: '', propagation: [MS_SLAVE | MS_REC] } },
  { text: 'addr=192.0.2.1,rw,nfsvers=4', want: { flags: 0, data: 'addr=192.0.2.1,nfsvers=4', propagation: [] } },
]) {
  test(`parseMountOptions: "${text}"`, () => assert.deepEqual(parseMountOptions(text), want));
}

test('checkOptions: a device needs its type, and a type its device', () => {
  checkOptions({});
  checkOptions({ type: 'nfs', device: ':/export', o: 'addr=192.0.2.1' });
  assert.throws(() => checkOptions({ o: 'bind', type: 'none' }), { message: 'missing required option: "device"' });
  assert.throws(() => checkOptions({ device: '/srv' }), { message: 'missing required option: "type"' });
  assert.throws(() => checkOptions({ size: '1g' }), { kind: 'invalid', message: /no quota support/ });
});
