import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parentLink, parseParent } from './parent.ts';

test('parseParent() takes name.number for a VLAN, and everything else for a link that is there', () => {
  assert.deepEqual(parseParent('eth0.10'), { type: 'vlan', name: 'eth0.10', below: 'eth0', id: 10 });
  assert.deepEqual(parseParent('eth0.4094'), { type: 'vlan', name: 'eth0.4094', below: 'eth0', id: 4094 });
  for (const name of ['eth0', 'eth0.0', 'eth0.4095', 'eth0.-1', 'eth0.x', 'eth0.', 'eth0.10.20']) {
    assert.equal(parseParent(name).type, 'link', name);
  }
});

test('parseParent() says of a link that is not there what Docker says', () => {
  const missing = (name: string): string => {
    const parent = parseParent(name);
    return parent.type === 'link' ? parent.missing.replace(/: -o parent interface was not found.*/, '') : '';
  };
  assert.equal(missing('nope'), 'invalid subinterface vlan name nope, example formatting is eth0.10');
  assert.equal(missing('eth0.x'), 'unable to parse a valid vlan id from: x (ex. eth0.10 for vlan 10)');
  assert.equal(missing('eth0.4095'), 'vlan id must be between 1-4094, received: 4095');
  assert.equal(
    missing('a.b.c'),
    'required interface name format is: name.vlan_id, ex. eth0.10 for vlan 10, instead received a.b.c',
  );
});

const child = (parent: string) => ({ type: 'macvlan', parent, mode: 'bridge' }) as const;

test('parentLink() of a VLAN belongs to no network alone', () => {
  assert.equal(parentLink(parseParent('eth0.10'), 'network:n', child('eth0.10')).owner, 'parent:eth0.10');
  assert.equal(parentLink(parseParent('eth0'), 'network:n', child('eth0')).owner, 'network:n');
});
