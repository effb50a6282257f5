import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { resolveUser } from './user.ts';

const passwd = '# people\nroot:x:0:0:root:/root:/bin/sh\nann:x:1000:100::/home/ann:/bin/sh\nbroken line\n';
const group = 'root:x:0:\nusers:x:100:\nwheel:x:10:root,ann\naudio:x:29:ann\n';

function image(
  t: { after(fn: () => void): void },
  files: Readonly<Record<string, string>> = { passwd, group },
): string {
  const root = mkdtempSync(join(tmpdir(), 'portolan-user-'));
  t.after(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'etc'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, 'etc', name), text);
  return root;
}

for (const { user, add = [], want } of [
  { user: '', want: { uid: 0, gid: 0, additionalGids: [0, 10], home: '/root' } },
  { user: 'ann', want: { uid: 1000, gid: 100, additionalGids: [100, 10, 29], home: '/home/ann' } },
  { user: '1000', want: { uid: 1000, gid: 100, additionalGids: [100, 10, 29], home: '/home/ann' } },
  { user: 'ann:wheel', want: { uid: 1000, gid: 10, additionalGids: [10], home: '/home/ann' } },
  { user: '4711:4712', want: { uid: 4711, gid: 4712, additionalGids: [4712], home: '/' } },
  { user: '4711', add: ['audio', '77'], want: { uid: 4711, gid: 0, additionalGids: [0, 29, 77], home: '/' } },
]) {
  test(`resolveUser: "${user}"${add.length > 0 ? ` with groups ${add.join(' ')}` : ''}`, (t) => {
    assert.deepEqual(resolveUser(image(t), user, add), want);
  });
}

for (const { user, message } of [
  { user: 'bob', message: 'unable to find user bob: no matching entries in passwd file' },
  { user: 'ann:nosuch', message: 'unable to find group nosuch: no matching entries in group file' },
  { user: '99999999999', message: 'uids and gids must be in range 0-2147483647' },
]) {
  test(`resolveUser: refuses "${user}" in Docker’s words`, (t) => {
    assert.throws(() => resolveUser(image(t), user), { kind: 'invalid', message });
  });
}

test('resolveUser: an image without accounts has root and numbers', (t) => {
  const root = image(t, {});
  assert.deepEqual(resolveUser(root, ''), { uid: 0, gid: 0, additionalGids: [0], home: '/root' });
  assert.deepEqual(resolveUser(root, '5:6'), { uid: 5, gid: 6, additionalGids: [6], home: '/' });
});

test('resolveUser: a link that leads out of the image is looked up inside it', (t) => {
  const root = image(t, { 'real-passwd': 'eve:x:7:7::/:/bin/sh\n' });
  symlinkSync('/etc/real-passwd', join(root, 'etc/passwd'));
  assert.equal(resolveUser(root, 'eve').uid, 7);
  symlinkSync('../../../../../../etc/group', join(root, 'etc/group'));
  assert.throws(() => resolveUser(root, 'eve:daemon'), { kind: 'invalid' });
});
