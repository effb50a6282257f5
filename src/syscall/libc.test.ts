import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bind, bindAsync, bindResult } from './libc.ts';

const signature = 'int open(const char *path, int flags)';
type Open = [path: string, flags: number];

test('bind() throws SysError with errno and the words it was given', () => {
  const open = bind<Open>('open', signature);
  assert.throws(() => open('/no/such', 0), { op: 'open', errno: 2, code: 'ENOENT', message: 'open: ENOENT: /no/such' });
});

test('bindResult() answers -errno', () => {
  const open = bindResult<Open>(signature);
  assert.equal(open('/no/such', 0), -2);
  assert.equal(open('/proc/self/exe/x', 0), -20);
});

test('bindAsync() has the errno of the thread that made the call, among many', async () => {
  const open = bindAsync<Open>('open', signature);
  const paths = Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? '/no/such' : '/proc/self/exe/x'));
  const results = await Promise.allSettled(paths.map((path) => open(path, 0)));
  const codes = results.map((result) => (result.status === 'rejected' ? result.reason.code : 'opened'));
  assert.deepEqual(
    codes,
    paths.map((path) => (path === '/no/such' ? 'ENOENT' : 'ENOTDIR')),
  );
});
