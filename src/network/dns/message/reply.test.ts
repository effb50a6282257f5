import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import dnsPacket from 'dns-packet';
import { parseQuery, type Query } from './query.ts';
import { type Answer, buildError, buildReply, replyLimit } from './reply.ts';

function ask(edns?: number): { bytes: Buffer; query: Query } {
  const opt = { type: 'OPT', name: '.', udpPayloadSize: edns ?? 0, flags: 0, options: [] } as never;
  const bytes = dnsPacket.encode({
    type: 'query',
    id: 0x1234,
    flags: dnsPacket.RECURSION_DESIRED,
    questions: [{ type: 'A', name: 'Web' }],
    additionals: edns === undefined ? [] : [opt],
  });
  const query = parseQuery(bytes);
  assert.ok(query !== undefined && 'name' in query);
  return { bytes, query };
}
const addresses = (count: number): Answer[] =>
  Array.from({ length: count }, (_, i) => ({ type: 1, data: Uint8Array.of(172, 18, 0, i) }));

describe('buildReply()', () => {
  test('is read back by another decoder: question as asked, answers of time to live 0', () => {
    const { bytes, query } = ask();
    const reply = dnsPacket.decode(buildReply(bytes, query, addresses(2), 512));
    assert.equal(reply.id, 0x1234);
    assert.deepEqual(reply.questions, [{ name: 'Web', type: 'A', class: 'IN' }]);
    assert.deepEqual(
      reply.answers?.map((a) => a.type === 'A' && [a.name, a.ttl, a.data]),
      [
        ['Web', 0, '172.18.0.0'],
        ['Web', 0, '172.18.0.1'],
      ],
    );
    assert.deepEqual([reply.flag_qr, reply.flag_rd, reply.flag_ra, reply.flag_tc], [true, true, true, false]);
  });

  test('without answers is an empty success', () => {
    const { bytes, query } = ask();
    const reply = dnsPacket.decode(buildReply(bytes, query, [], 512));
    assert.deepEqual([(reply as { rcode?: string }).rcode, reply.answers], ['NOERROR', []]);
  });

  test('leaves out what the asker cannot take, and says so', () => {
    const { bytes, query } = ask();
    const reply = buildReply(bytes, query, addresses(60), replyLimit(query, 'udp'));
    const read = dnsPacket.decode(reply);
    assert.ok(reply.length <= 512);
    assert.deepEqual([read.flag_tc, read.answers?.length], [true, Math.floor((512 - query.end) / 16)]);
  });

  test('fills larger datagrams and connections', () => {
    const { bytes, query } = ask(1232);
    const udp = dnsPacket.decode(buildReply(bytes, query, addresses(60), replyLimit(query, 'udp')));
    const tcp = dnsPacket.decode(buildReply(bytes, query, addresses(250), replyLimit(query, 'tcp')));
    assert.deepEqual([udp.flag_tc, udp.answers?.length, tcp.answers?.length], [false, 60, 250]);
  });

  test('answers EDNS with EDNS, and only then', () => {
    const sizes = [ask(4096), ask()].map(({ bytes, query }) => {
      const [opt] = dnsPacket.decode(buildReply(bytes, query, [], 512)).additionals ?? [];
      return opt?.type === 'OPT' ? opt.udpPayloadSize : undefined;
    });
    assert.deepEqual(sizes, [1232, undefined]);
  });
});

describe('buildError()', () => {
  test('keeps the number, and the question if it could be read', () => {
    const { bytes, query } = ask(4096);
    const failed = dnsPacket.decode(buildError(bytes, 2, query.end));
    const malformed = dnsPacket.decode(buildError(bytes, 1));
    assert.deepEqual(
      [failed.id, failed.questions?.length, (failed as { rcode?: string }).rcode],
      [0x1234, 1, 'SERVFAIL'],
    );
    assert.deepEqual([malformed.questions, (malformed as { rcode?: string }).rcode], [[], 'FORMERR']);
  });
});
