import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import dnsPacket from 'dns-packet';
import { parseQuery, type Query } from './query.ts';
import { type Answer, replyLimit, writeError, writeReply } from './reply.ts';

function ask(edns?: number, flags = 0): { bytes: Buffer; query: Query } {
  const opt = { type: 'OPT', name: '.', udpPayloadSize: edns ?? 0, flags, options: [] } as never;
  const bytes = dnsPacket.encode({
    type: 'query',
    id: 0x1234,
    flags: dnsPacket.RECURSION_DESIRED,
    questions: [{ type: 'A', name: 'Web' }],
    additionals: edns === undefined ? [] : [opt],
  });
  const query = parseQuery(bytes);
  assert.ok(query !== undefined && 'end' in query);
  return { bytes, query };
}
const addresses = (count: number): Answer[] =>
  Array.from({ length: count }, (_, i) => ({ type: 1, data: Uint8Array.of(172, 18, 0, i) }));

/** As the listener does it: in a buffer with room behind the query. */
function reply(bytes: Buffer, query: Query, answers: readonly Answer[], limit: number, room = 65_535): Buffer {
  const slot = Buffer.alloc(room, 0xee);
  bytes.copy(slot);
  return slot.subarray(0, writeReply(slot, query, answers, limit));
}

describe('writeReply()', () => {
  test('is read back by another decoder: question as asked, answers of time to live 0', () => {
    const { bytes, query } = ask();
    const decoded = dnsPacket.decode(reply(bytes, query, addresses(2), 512));
    assert.equal(decoded.id, 0x1234);
    assert.deepEqual(decoded.questions, [{ name: 'Web', type: 'A', class: 'IN' }]);
    assert.deepEqual(
      decoded.answers?.map((a) => a.type === 'A' && [a.name, a.ttl, a.data]),
      [
        ['Web', 0, '172.18.0.0'],
        ['Web', 0, '172.18.0.1'],
      ],
    );
    assert.deepEqual([decoded.flag_qr, decoded.flag_rd, decoded.flag_ra, decoded.flag_tc], [true, true, true, false]);
  });

  test('without answers is an empty success', () => {
    const { bytes, query } = ask();
    const decoded = dnsPacket.decode(reply(bytes, query, [], 512));
    assert.deepEqual([(decoded as { rcode?: string }).rcode, decoded.answers], ['NOERROR', []]);
  });

  test('leaves out what the asker cannot take, and says so', () => {
    const { bytes, query } = ask();
    const cut = reply(bytes, query, addresses(60), replyLimit(query, 'udp'));
    const read = dnsPacket.decode(cut);
    assert.ok(cut.length <= 512);
    assert.deepEqual([read.flag_tc, read.answers?.length], [true, Math.floor((512 - query.end) / 16)]);
  });

  test('fills larger datagrams and connections', () => {
    const { bytes, query } = ask(1232);
    const udp = dnsPacket.decode(reply(bytes, query, addresses(60), replyLimit(query, 'udp')));
    const tcp = dnsPacket.decode(reply(bytes, query, addresses(250), replyLimit(query, 'tcp')));
    assert.deepEqual([udp.flag_tc, udp.answers?.length, tcp.answers?.length], [false, 60, 250]);
  });

  test('never writes beyond the room there is', () => {
    const { bytes, query } = ask(4096);
    const cut = reply(bytes, query, addresses(250), 4096, 1000);
    assert.ok(cut.length <= 1000);
    assert.equal(dnsPacket.decode(cut).flag_tc, true);
  });

  test('answers EDNS with EDNS, and only then', () => {
    const sizes = [ask(4096), ask()].map(({ bytes, query }) => {
      const [opt] = dnsPacket.decode(reply(bytes, query, [], 512)).additionals ?? [];
      return opt?.type === 'OPT' ? opt.udpPayloadSize : undefined;
    });
    assert.deepEqual(sizes, [1232, undefined]);
  });
});

describe('writeError()', () => {
  const failed = (bytes: Buffer, rcode: number, query?: Query): ReturnType<typeof dnsPacket.decode> =>
    dnsPacket.decode(bytes.subarray(0, writeError(bytes, rcode, query)));

  test('keeps the number, and the question if it could be read', () => {
    const { bytes, query } = ask();
    const servfail = failed(Buffer.from(bytes), 2, query);
    const formerr = failed(bytes, 1);
    assert.deepEqual(
      [servfail.id, servfail.questions?.length, (servfail as { rcode?: string }).rcode],
      [0x1234, 1, 'SERVFAIL'],
    );
    assert.deepEqual([formerr.questions, (formerr as { rcode?: string }).rcode], [[], 'FORMERR']);
  });

  test('answers EDNS with EDNS, where the upper bits of the code are', () => {
    const { bytes, query } = ask(4096, 0x8000);
    const [opt] = failed(bytes, 16, query).additionals ?? [];
    assert.ok(opt?.type === 'OPT');
    assert.deepEqual([opt.extendedRcode, opt.flag_do], [1, true]);
  });
});
