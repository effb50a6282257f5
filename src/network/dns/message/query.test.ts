import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import dnsPacket from 'dns-packet';
import { parseQuery, readQuestion } from './query.ts';

type Encoded = Parameters<typeof dnsPacket.encode>[0];
const encode = (packet: Encoded): Buffer => dnsPacket.encode({ type: 'query', ...packet });
const question = (name: string, type: 'A' | 'AAAA' | 'MX' = 'A') => ({ type, name });

function asked(bytes: Buffer): ReturnType<typeof readQuestion> | undefined {
  const query = parseQuery(bytes);
  return query !== undefined && 'end' in query ? readQuestion(bytes, query) : undefined;
}

describe('parseQuery()', () => {
  test('finds the question, whose name reads in lower case', () => {
    const bytes = encode({ id: 7, questions: [question('Web.FRONT', 'AAAA')] });
    assert.deepEqual(parseQuery(bytes), { end: bytes.length, edns: undefined });
    assert.deepEqual(asked(bytes), { name: 'web.front', type: 28, class: 1 });
  });

  test('reads the size of the asker’s datagrams, which is never below 512', () => {
    const sizes = [4096, 100].map((udpPayloadSize) => {
      const opt = { type: 'OPT', name: '.', udpPayloadSize, flags: 0x8000, options: [] } as const;
      const query = parseQuery(encode({ questions: [question('web')], additionals: [opt as never] }));
      return query !== undefined && 'edns' in query ? query.edns : undefined;
    });
    const rest = { version: 0, dnssecOk: true };
    assert.deepEqual(sizes, [
      { bytes: 4096, ...rest },
      { bytes: 512, ...rest },
    ]);
  });

  test('tells a dot inside a label from one between labels', () => {
    const bytes = encode({ questions: [question('aXb')] });
    bytes[12 + 2] = '.'.charCodeAt(0);
    assert.equal(asked(bytes)?.name, 'a\\.b');
  });

  test('reads the root', () => assert.equal(asked(encode({ questions: [question('.')] }))?.name, ''));

  test('sees no further than the message goes', () => {
    const bytes = encode({ questions: [question('web')] });
    assert.deepEqual(parseQuery(bytes, bytes.length - 1), { rcode: 1 });
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
      assert.doesNotThrow(() => asked(bytes));
    }
  });
});
