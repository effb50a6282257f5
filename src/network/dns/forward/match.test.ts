import assert from 'node:assert/strict';
import { test } from 'node:test';
import dnsPacket from 'dns-packet';
import { answers, settles } from './match.ts';

const encode = (type: 'query' | 'response', id: number, name: string): Buffer =>
  dnsPacket.encode({ type, id, questions: [{ type: 'A', name }] });

test('answers() takes only an answer with the number and the question of the query', () => {
  const query = encode('query', 7, 'web.example');
  assert.equal(answers(encode('response', 7, 'web.example'), query), true);
  assert.equal(answers(encode('response', 7, 'WEB.example'), query), true);
  assert.equal(answers(encode('response', 8, 'web.example'), query), false);
  assert.equal(answers(encode('response', 7, 'bad.example'), query), false);
  assert.equal(answers(encode('query', 7, 'web.example'), query), false);
  assert.equal(answers(encode('response', 7, 'web.example').subarray(0, 20), query), false);
  assert.equal(answers(Buffer.alloc(3), query), false);
});

test('settles() tells an answer from the word that there is none', () => {
  const found = dnsPacket.encode({
    type: 'response',
    questions: [{ type: 'A', name: 'web.example' }],
    answers: [{ type: 'A', name: 'web.example', data: '192.0.2.1' }],
  });
  const nxdomain = dnsPacket.encode({ type: 'response', flags: 3, questions: [{ type: 'A', name: 'web.example' }] });
  assert.deepEqual([found, encode('response', 1, 'web.example'), nxdomain].map(settles), [true, false, false]);
});
