import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import dnsPacket from 'dns-packet';
import { parseQuery } from './query.ts';

type Encoded = Parameters<typeof dnsPacket.encode>[0];
const encode = (packet: Encoded): Buffer => dnsPacket.encode({ type: 'query', ...packet });
const question = (name: string, type: 'A' | 'AAAA' | 'MX' = 'A') => ({ type, name });

describe('parseQuery()', () => {
  test('reads name, type and class, the name in lower case', () => {
    const bytes = encode({ id: 7, questions: [question('Web.FRONT', 'AAAA')] });
    assert.deepEqual(parseQuery(bytes), {
      name: 'web.front',
      type: 28,
      class: 1,
      end: bytes.length,
      ednsBytes: undefined,
    });
  });

  test('reads the size of the asker’s datagrams, which is never below 512', () => {
    const sizes = [4096, 100].map((udpPayloadSize) => {
      const opt = { type: 'OPT', name: '.', udpPayloadSize, flags: 0, options: [] } as const;
      const query = parseQuery(encode({ questions: [question('web')], additionals: [opt as never] }));
      return query !== undefined && 'ednsBytes' in query ? query.ednsBytes : undefined;
    });
    assert.deepEqual(sizes, [4096, 512]);
  });

  test('tells a dot inside a label from one between labels', () => {
    const bytes = encode({ questions: [question('aXb')] });
    bytes[12 + 2] = '.'.charCodeAt(0);
    const query = parseQuery(bytes);
    assert.equal(query !== undefined && 'name' in query && query.name, 'a\\.b');
  });

  test('reads the root', () => {
    const query = parseQuery(encode({ questions: [question('.')] }));
    assert.equal(query !== undefined && 'name' in query && query.name, '');
  });

  test('gives no answer to what is too short, and to answers', () => {
    assert.equal(parseQuery(Buffer.alloc(11)), undefined);
    assert.equal(parseQuery(dnsPacket.encode({ type: 'response', questions: [question('web')] })), undefined);
  });

  const malformed = [
    ['no question', encode({ questions: [] }), 1],
    ['two questions', encode({ questions: [question('a'), question('b')] }), 1],
    ['a name without end', encode({ questions: [question('web')] }).subarray(0, 15), 1],
    ['a question cut off behind its name', encode({ questions: [question('web')] }).subarray(0, 19), 1],
    [
      'a name that points to itself',
      Buffer.concat([encode({ questions: [question('.')] }).subarray(0, 12), Buffer.from('c00c00010001', 'hex')]),
      1,
    ],
    ['a name of more than 255 bytes', encode({ questions: [question(Array(5).fill('x'.repeat(60)).join('.'))] }), 1],
    ['an operation that is not a query', encode({ flags: 5 << 11, questions: [question('web')] }), 4],
  ] as const;
  for (const [what, bytes, rcode] of malformed) {
    test(`refuses ${what}`, () => assert.deepEqual(parseQuery(bytes), { rcode }));
  }

  test('survives any bytes', () => {
    let state = 1;
    const next = (): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return state >>> 24;
    };
    for (let round = 0; round < 20_000; round++) {
      const bytes = Buffer.from(Array.from({ length: round % 64 }, next));
      assert.doesNotThrow(() => parseQuery(bytes));
    }
  });
});
