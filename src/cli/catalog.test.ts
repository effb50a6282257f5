import assert from 'node:assert/strict';
import { test } from 'node:test';
import { catalog, findCommand } from './catalog.ts';
import { spellingOf } from './parse/normalize.ts';

for (const { names, summary, load } of catalog) {
  test(`catalog: ${names[0]} is there and says what the overview says`, async () => {
    const command = await load();
    assert.equal(command.summary, summary);
    const spellings = Object.values(command.flags).map(spellingOf);
    const words = spellings.flatMap(({ short, long }) => (short === undefined ? [long] : [short, long]));
    assert.deepEqual(
      words.filter((word, at) => words.indexOf(word) !== at),
      [],
      'an option is there twice',
    );
  });
}

test('catalog: no name is there twice', () => {
  const names = catalog.flatMap((entry) => entry.names);
  assert.equal(new Set(names).size, names.length);
});

test('findCommand() prefers the longer name', () => {
  assert.equal(findCommand(['network', 'ls'])?.length, 2);
  assert.equal(findCommand(['container', 'ls', '-a'])?.entry.names[0], 'ps');
  assert.equal(findCommand(['run', 'ls'])?.length, 1);
  assert.equal(findCommand(['network']), undefined);
  assert.equal(findCommand([]), undefined);
});
