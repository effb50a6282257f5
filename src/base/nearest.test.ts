import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearest } from './nearest.ts';

const known = ['network', 'images', 'ps', 'macvlan_mode', 'com.portolan.host_access'];

for (const [word, want] of [
  ['netwrk', 'network'],
  ['mages', 'images'],
  ['macvlan-mod', 'macvlan_mode'],
  ['com.portolan.hostaccess', 'com.portolan.host_access'],
  ['quite-something-else', undefined],
  ['foo', undefined],
  ['xx', undefined],
  ['', undefined],
] as const) {
  test(`nearest() to ${JSON.stringify(word)} is ${want}`, () => {
    assert.equal(nearest(word, known), want);
  });
}
