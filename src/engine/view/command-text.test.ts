import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandText } from './command-text.ts';

test('commandText() puts arguments with blanks between quotes', () => {
  assert.equal(commandText(['sh', '-c', 'exit 3']), "sh -c 'exit 3'");
  assert.equal(commandText(['my prog']), 'my prog');
});
