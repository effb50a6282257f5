import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { parseMount } from './mounts.ts';

test('parseMount() takes a volume for granted and makes a relative source absolute', () => {
  assert.deepEqual(parseMount('src=v,dst=/v'), { Type: 'volume', Source: 'v', Target: '/v' });
  assert.equal(parseMount('type=bind,src=./here,dst=/v').Source, resolve('here'));
});

test('parseMount() reads switches with and without a value, and quoted fields', () => {
  assert.equal(parseMount('type=bind,src=/a,dst=/b,ro').ReadOnly, true);
  assert.equal(parseMount('type=bind,src=/a,dst=/b,readonly=false').ReadOnly, false);
  assert.equal(parseMount('type=bind,"src=/a,b",dst=/b').Source, '/a,b');
});

const refused: readonly (readonly [text: string, message: string])[] = [
  ['type=bind,src=/a', 'target is required'],
  ['type=bind,src=/a,dst=/b,color=red', "unexpected key 'color' in 'color=red'"],
  ['src', "invalid field 'src' must be a key=value pair"],
  ['type=bind,src=/a,dst=/b,ro=maybe', 'invalid value for readonly: maybe'],
  ['type=bind,src=/a,dst=/b,volume-nocopy', "cannot mix 'volume-*' options with mount type 'bind'"],
  ['type=tmpfs,dst=/b,tmpfs-mode=9', 'invalid value for tmpfs-mode: 9'],
  ['type=tmpfs,dst=/b,tmpfs-size=big', "invalid size: 'big'"],
];
for (const [text, message] of refused) {
  test(`parseMount() refuses ${text}`, () => assert.throws(() => parseMount(text), { message }));
}
