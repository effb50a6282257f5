import assert from 'node:assert/strict';
import { ConntrackConnection, deleteFlows, listFlows } from '../../src/netlink/conntrack.ts';
import { setLink } from '../../src/netlink/rt/link.ts';
import { inNetns } from '../../src/syscall/netns.ts';
import { AF_INET, bindInet, closeFd, SOCK_DGRAM, socket } from '../../src/syscall/socket.ts';
import { type Host, kernelTest } from './fixture.ts';

const udp = 17;

/** Translates one UDP port to another address, and has two flows pass: one translated, one not. */
function twoFlows(host: Host): void {
  setLink(host.rt, 'lo', { up: true });
  host.nft.run(`
    add table inet t
    add chain inet t out { type nat hook output priority -100; }
    add rule inet t out udp dport 5300 dnat ip to 127.0.0.2:53`);
  const server: number = inNetns(host.fd, () => socket(AF_INET, SOCK_DGRAM));
  bindInet(server, '0.0.0.0', 53);
  host.run('sh', '-c', 'echo x | socat - UDP4:127.0.0.1:5300,bind=127.0.0.1:4000');
  host.run('sh', '-c', 'echo x | socat - UDP4:127.0.0.1:53,bind=127.0.0.1:4001');
  closeFd(server);
}

kernelTest('listFlows() shows both directions, translation included, and has the kernel choose', (host) => {
  twoFlows(host);
  using ct = ConntrackConnection.open(host.fd);
  assert.equal(listFlows(ct, { family: 4 }).length, 2);
  const [flow, ...more] = listFlows(ct, { family: 4, original: { protocol: udp, destinationPort: 5300 } });
  assert.equal(more.length, 0);
  const address = { source: '127.0.0.1', destination: '127.0.0.1', protocol: udp };
  assert.deepEqual(flow?.original, { ...address, sourcePort: 4000, destinationPort: 5300 });
  assert.deepEqual(flow?.reply, { ...address, source: '127.0.0.2', sourcePort: 53, destinationPort: 4000 });
  assert.deepEqual(listFlows(ct, { family: 6 }), []);
});

kernelTest('deleteFlows() ends the flows of an address and no others', async (host) => {
  twoFlows(host);
  using ct = ConntrackConnection.open(host.fd);
  assert.equal(await deleteFlows(ct, { family: 4, reply: { source: '127.0.0.2' } }), 1);
  assert.deepEqual(
    listFlows(ct, { family: 4 }).map((flow) => flow.original.sourcePort),
    [4001],
  );
  assert.equal(await deleteFlows(ct, { family: 4, reply: { source: '127.0.0.2' } }), 0);
  assert.equal(await deleteFlows(ct, { family: 6, reply: { source: 'fd00::1' } }), 0);
});

kernelTest('deleteFlows() ends the flows to a host port', async (host) => {
  twoFlows(host);
  using ct = ConntrackConnection.open(host.fd);
  assert.equal(await deleteFlows(ct, { family: 4, original: { protocol: udp, destinationPort: 53 } }), 1);
  assert.deepEqual(
    listFlows(ct, { family: 4 }).map((flow) => flow.original.sourcePort),
    [4000],
  );
});

kernelTest('deleteFlows() leaves what the caller does not mean', async (host) => {
  twoFlows(host);
  using ct = ConntrackConnection.open(host.fd);
  const translated = { family: 4, original: { protocol: udp } } as const;
  assert.equal(await deleteFlows(ct, translated, ({ reply }) => reply.source === '127.0.0.2'), 1);
  assert.equal(listFlows(ct, { family: 4 }).length, 1);
});
