import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refuseUnknown, suggestion } from './unknown-options.ts';

const known = ['parent', 'macvlan_mode', 'com.portolan.host_access'];

test('refuseUnknown() refuses an option of ours that is not known, and leaves others’ alone', () => {
  refuseUnknown({ parent: 'eth0', 'my.own': 'x', 'com.portolan.host_access': '1' }, known);
  assert.throws(() => refuseUnknown({ 'com.portolan.hostaccess': '1' }, known), {
    kind: 'invalid',
    message: 'unknown option com.portolan.hostaccess: did you mean com.portolan.host_access?',
  });
  assert.throws(() => refuseUnknown({ 'com.portolan.x': '1' }, []), { message: 'unknown option com.portolan.x' });
});

test('suggestion() names the nearest, if anything is near', () => {
  assert.equal(suggestion('macvlan-mod', known), ': did you mean macvlan_mode?');
  assert.equal(suggestion('foo', known), '');
});
