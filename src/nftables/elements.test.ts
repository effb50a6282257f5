import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeElement } from './elements.ts';

/** Entries of `elem` as nft 1.0.6 prints them with -j. */
for (const { name, entry, key, data, comment } of [
  { name: 'a word', entry: 'eth0', key: ['eth0'] },
  { name: 'a number', entry: 80, key: ['80'] },
  { name: 'a range', entry: { range: ['1.1.1.1', '1.1.1.5'] }, key: ['1.1.1.1-1.1.1.5'] },
  { name: 'a block', entry: { prefix: { addr: '10.0.0.0', len: 8 } }, key: ['10.0.0.0/8'] },
  { name: 'a concatenation', entry: { concat: ['tcp', { range: [1, 5] }] }, key: ['tcp', '1-5'] },
  { name: 'a counted element', entry: { elem: { val: 'a', counter: { packets: 0, bytes: 0 } } }, key: ['a'] },
  {
    name: 'a pair with a comment',
    entry: [{ elem: { val: { concat: ['tcp', 80] }, comment: 'web' } }, { concat: ['10.0.0.2', 8080] }],
    key: ['tcp', '80'],
    data: ['10.0.0.2', '8080'],
    comment: 'web',
  },
  { name: 'a verdict', entry: ['a', { drop: null }], key: ['a'], data: ['drop'] },
  { name: 'a jump', entry: ['a', { jump: { target: 'x' } }], key: ['a'], data: ['jump x'] },
]) {
  test(`decodeElement() reads ${name}`, () => assert.deepEqual(decodeElement(entry), { key, data, comment }));
}
