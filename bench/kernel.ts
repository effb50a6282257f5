/**
 * What the parts that talk to the kernel cost on this machine: medians. Needs root.
 * Usage: UV_THREADPOOL_SIZE=8 node bench/kernel.ts
 */
import { RouteConnection } from '../src/netlink/connection.ts';
import { addBridge, addVeth, deleteLinkAsync, findLink } from '../src/netlink/rt/link.ts';
import { setLinkMessage } from '../src/netlink/rt/link-message.ts';
import { NftContext } from '../src/nftables/context.ts';
import { bind } from '../src/syscall/libc.ts';
import { createNetns, inNetns, warmThreadPool } from '../src/syscall/netns.ts';
import { Poller } from '../src/syscall/poller.ts';
import { closeFd, recvInto, sendBytes } from '../src/syscall/socket.ts';

async function median(rounds: number, once: (round: number) => unknown): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    await once(round);
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[rounds >> 1]! * 1000;
}

const report = (what: string, us: number): void => console.log(`${us.toFixed(1).padStart(10)} µs  ${what}`);

/** `count` synchronous calls in one measurement: an await costs as much as the fastest of them. */
const each = async (count: number, call: () => unknown): Promise<number> =>
  (await median(21, () => {
    for (let i = 0; i < count; i++) call();
  })) / count;

await warmThreadPool();
using host = createNetns();
using inner = createNetns();
using rt = RouteConnection.open(host.fd);

report('enter and leave a namespace', await each(1000, () => inNetns(host.fd, () => 0)));
report('new namespace', await median(101, () => createNetns()[Symbol.dispose]()));
report('new connection (two sockets)', await median(101, () => RouteConnection.open(host.fd)[Symbol.dispose]()));

const bridge = addBridge(rt, { name: 'br0', up: true });
const alias = setLinkMessage(bridge, { alias: 'portolan:x' });
report('request and acknowledgement', await each(200, () => rt.request(alias)));
report('one of 100 in a batch', (await each(1, () => rt.batch(Array(100).fill(alias)))) / 100);
report('request on the thread pool', await median(501, () => rt.requestAsync(alias)));
report('find a link', await each(200, () => findLink(rt, 'br0')));
const vethUs = await median(51, (i) =>
  addVeth(rt, { name: `v${i}`, masterIndex: bridge, up: true, alias: 'x', peer: { name: `e${i}`, netnsFd: inner.fd } }),
);
report('veth, one end a port and up, the other in its namespace', vethUs);
report('delete a veth (waiting elsewhere)', await median(11, (i) => deleteLinkAsync(rt, `v${i}`)));

using nft = NftContext.open(host.fd);
report('new nftables context', await median(21, () => NftContext.open(host.fd)[Symbol.dispose]()));
nft.run(
  'add table inet t; add map inet t m { type inet_proto . ipv4_addr . inet_service : ipv4_addr . inet_service; }',
);
let next = 0;
const add = (): void =>
  nft.run(`add element inet t m { udp . 192.0.2.${next >> 12} . ${next++ & 4095} : 10.0.0.1 . 80 }`);
report('element into an empty map', await each(20, add));
for (let part = 0; part < 20; part++) {
  const elements = Array.from({ length: 1000 }, (_, i) => `tcp . 10.1.${part}.1 . ${i} : 10.0.0.1 . 80`);
  nft.run(`add element inet t m { ${elements.join(', ')} }`);
}
report('element into a map of 20,000', await each(20, add));

const socketpair = bind<[domain: number, type: number, protocol: number, fds: Int32Array]>(
  'socketpair',
  'int socketpair(int domain, int type, int protocol, void *fds)',
);
const fds = new Int32Array(2);
socketpair(1, 5, 0, fds);
const [near = -1, far = -1] = fds;
using poller = new Poller();
const buffer = new Uint8Array(16);
let heard: () => void = () => {};
poller.watch(near, { read: true }, () => {
  recvInto(near, buffer);
  heard();
});
const ping = (): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>();
  heard = resolve;
  sendBytes(far, buffer);
  return promise;
};
report('readiness to handler', await median(2001, ping));
poller[Symbol.dispose]();
for (const fd of fds) closeFd(fd);
