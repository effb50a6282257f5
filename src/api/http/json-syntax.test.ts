import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeJson } from './json-body.ts';

for (const [text, message] of [
  ['', 'invalid JSON: got EOF while reading request body'],
  [' \n', 'invalid JSON: got EOF while reading request body'],
  ['{invalid json', "invalid JSON: invalid character 'i' looking for beginning of object key string"],
  ['{"a"', 'invalid JSON: unexpected EOF'],
  ['{"a":"b', 'invalid JSON: unexpected EOF'],
  ['{"a" 1}', "invalid JSON: invalid character '1' after object key"],
  ['{"a":1 "b":2}', `invalid JSON: invalid character '"' after object key:value pair`],
  ['[1 2]', "invalid JSON: invalid character '2' after array element"],
  ['{"a":tru}', "invalid JSON: invalid character '}' in literal true (expecting 'e')"],
  ['{"a":\'b\'}', "invalid JSON: invalid character '\\'' looking for beginning of value"],
  ['{"a":1,}', "invalid JSON: invalid character '}' looking for beginning of object key string"],
  ['{"a":01.}', "invalid JSON: invalid character '}' in numeric literal"],
  ['{"a":"\\x"}', "invalid JSON: invalid character 'x' in string escape code"],
  ['{} {}', 'unexpected content after JSON'],
  ['{} trailing', 'unexpected content after JSON'],
  ['['.repeat(100_000), 'invalid JSON: exceeded max depth'],
  ['nonsense', "invalid JSON: invalid character 'o' in literal null (expecting 'u')"],
] as const) {
  test(`decodeJson() of ${JSON.stringify(text.slice(0, 40))}`, () => {
    assert.throws(() => decodeJson(Buffer.from(text)), { kind: 'invalid', message });
  });
}
