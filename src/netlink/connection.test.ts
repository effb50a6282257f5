import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SysError } from '../base/index.ts';
import { writeAttrs } from './attr.ts';
import { NetlinkConnection } from './connection.ts';
import {
  decodeMessages,
  type Message,
  NLM_F_ACK,
  NLM_F_DUMP_INTR,
  NLMSG_DONE,
  NLMSG_ERROR,
  nlmsghdr,
} from './message.ts';
import type { Exchange, Transport } from './transport.ts';
import { concat } from './wire.ts';

const message: Message = { op: 'RTM_TEST', what: 'x0', type: 99, flags: 0, body: Uint8Array.of(1, 2, 3, 4) };

/** The whole fake: bytes in, datagrams out. Every layer above is the real code. */
function fake(exchange: Exchange): Transport & { readonly sent: Uint8Array[] } {
  const sent: Uint8Array[] = [];
  const answer: Exchange = (request) => {
    sent.push(request.slice());
    return exchange(request);
  };
  return { sent, exchange: answer, exchangeAsync: async (request) => answer(request), [Symbol.dispose]() {} };
}

function reply(type: number, seq: number, body: Uint8Array, flags = 0): Uint8Array {
  const length = nlmsghdr.sizeBytes + body.byteLength;
  return concat(nlmsghdr.encode({ length, type, flags, seq, portId: 0 }), body);
}

const code = (errno: number): Uint8Array => new Uint8Array(Int32Array.of(-errno).buffer);
const sequences = (request: Uint8Array): number[] => [...decodeMessages(request)].map(({ seq }) => seq);
/** struct nlmsgerr as the kernel sends it with NETLINK_CAP_ACK: the code, then the request's header. */
const ack = (seq: number, errno = 0): Uint8Array =>
  reply(NLMSG_ERROR, seq, concat(code(errno), new Uint8Array(16)), 0x100);

test('request() answers what comes before the acknowledgement', () => {
  using conn = new NetlinkConnection(
    fake((request) => {
      const seq = sequences(request)[0]!;
      return [concat(reply(16, seq, Uint8Array.of(7, 7, 7, 7)), ack(seq))];
    }),
  );
  assert.deepEqual(conn.request(message), [{ type: 16, body: Uint8Array.of(7, 7, 7, 7) }]);
});

test('request() throws SysError with the errno, the object and the kernel sentence', () => {
  const sentence = writeAttrs([{ type: 1, payload: new TextEncoder().encode('Device is odd\0') }]);
  using conn = new NetlinkConnection(
    fake((request) => {
      const body = concat(code(16), new Uint8Array(16), sentence);
      return [reply(NLMSG_ERROR, sequences(request)[0]!, body, 0x100 | 0x200)];
    }),
  );
  assert.throws(
    () => conn.request(message),
    (e) => e instanceof SysError && e.errno === 16 && e.message === 'RTM_TEST: EBUSY: x0: Device is odd',
  );
});

test('request() finds the sentence behind a request that is repeated in full', () => {
  const sentence = writeAttrs([{ type: 1, payload: new TextEncoder().encode('No\0') }]);
  using conn = new NetlinkConnection(
    fake((request) => [reply(NLMSG_ERROR, sequences(request)[0]!, concat(code(1), request, sentence), 0x200)]),
  );
  assert.throws(() => conn.request(message), /RTM_TEST: EPERM: x0: No/);
});

test('request() passes over answers to requests that were given up', () => {
  using conn = new NetlinkConnection(
    fake((request) => [ack(4711, 1), reply(16, 4712, new Uint8Array(4)), ack(sequences(request)[0]!)]),
  );
  assert.deepEqual(conn.request(message), []);
});

test('request() throws when the answer ends early', () => {
  using conn = new NetlinkConnection(fake(() => []));
  assert.throws(() => conn.request(message), /RTM_TEST: EPROTO/);
});

test('batchResults() sends all in one, asks once, and tells which were refused', () => {
  const transport = fake((request) => {
    const [, second, third] = sequences(request);
    return [ack(second!, 17), ack(third!)];
  });
  using conn = new NetlinkConnection(transport);
  const results = conn.batchResults([message, message, message]);
  assert.deepEqual(
    results.map((error) => error?.code),
    [undefined, 'EEXIST', undefined],
  );
  const flags = [...decodeMessages(transport.sent[0]!)].map((part) => part.flags & NLM_F_ACK);
  assert.deepEqual([transport.sent.length, flags], [1, [0, 0, NLM_F_ACK]]);
});

test('batch() of nothing sends nothing', () => {
  const transport = fake(() => []);
  using conn = new NetlinkConnection(transport);
  conn.batch([]);
  assert.equal(transport.sent.length, 0);
});

test('batch() of very many goes out in parts, so that refusals fit the receive buffer', () => {
  const transport = fake((request) => [ack(sequences(request).at(-1)!)]);
  using conn = new NetlinkConnection(transport);
  conn.batch(Array.from({ length: 250 }, () => message));
  assert.equal(transport.sent.length, 3);
});

/** A list of one object, marked as interrupted as often as `times` says. */
function listing(times: number): Exchange {
  let left = times;
  return (request) => {
    const seq = sequences(request)[0]!;
    const flags = left-- > 0 ? NLM_F_DUMP_INTR : 0;
    return [reply(16, seq, new Uint8Array(4), flags), reply(NLMSG_DONE, seq, code(0))];
  };
}

test('dump() takes a list again that a change interrupted', () => {
  const transport = fake(listing(3));
  using conn = new NetlinkConnection(transport);
  assert.equal(conn.dump(message).length, 1);
  assert.equal(transport.sent.length, 4);
});

test('dump() gives up after five interrupted lists', () => {
  using conn = new NetlinkConnection(fake(listing(5)));
  assert.throws(() => conn.dump(message), /RTM_TEST: EINTR/);
});

test('requestAsync() sends one after another, also after a refusal', async () => {
  const order: string[] = [];
  let turn = 0;
  const transport: Transport = {
    exchange: () => [],
    async exchangeAsync(request) {
      const mine = ++turn;
      order.push(`send ${mine}`);
      await new Promise(setImmediate);
      order.push(`answer ${mine}`);
      return [ack(sequences(request)[0]!, mine === 1 ? 1 : 0)];
    },
    [Symbol.dispose]() {},
  };
  using conn = new NetlinkConnection(transport);
  const results = await Promise.allSettled([conn.requestAsync(message), conn.requestAsync(message)]);
  assert.deepEqual(
    results.map(({ status }) => status),
    ['rejected', 'fulfilled'],
  );
  assert.deepEqual(order, ['send 1', 'answer 1', 'send 2', 'answer 2']);
});
