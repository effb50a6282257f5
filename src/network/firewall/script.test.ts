import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changeScript } from './script.ts';

const element = (key: string, owner = 'network/web') => ({ set: 'publish4', key, value: '192.0.2.2 . 80', owner });

test('changeScript() adds what it deletes first, so that absent elements are no error', () => {
  assert.equal(
    changeScript('portolan', { remove: [element('tcp . 80'), element('tcp . 81')] }),
    'add element inet portolan publish4 { tcp . 80 : 192.0.2.2 . 80, tcp . 81 : 192.0.2.2 . 80 }\n' +
      'delete element inet portolan publish4 { tcp . 80 : 192.0.2.2 . 80, tcp . 81 : 192.0.2.2 . 80 }\n',
  );
});

test('changeScript() writes the owner into the kernel, in one command a set', () => {
  const add = [element('tcp . 80'), { set: 'bridges', key: '"br0"', owner: 'network/web' }, element('tcp . 81')];
  assert.equal(
    changeScript('portolan', { add }),
    'add element inet portolan publish4 { tcp . 80 comment "network/web" : 192.0.2.2 . 80, tcp . 81 comment "network/web" : 192.0.2.2 . 80 }\n' +
      'add element inet portolan bridges { "br0" comment "network/web" }\n',
  );
});

test('changeScript() never lets an owner end its own quotes or outgrow a comment', () => {
  const hostile = changeScript('t', { add: [element('tcp . 80', `a" } ; delete table inet t\n${'x'.repeat(200)}`)] });
  assert.equal(hostile.split('"').length, 3);
  assert.equal(hostile.split('\n').length, 2);
  assert.equal(hostile.split('"')[1]!.length, 127);
});

test('changeScript() of nothing is nothing', () => assert.equal(changeScript('t', {}), ''));
