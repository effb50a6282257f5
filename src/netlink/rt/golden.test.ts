import assert from 'node:assert/strict';
import { test } from 'node:test';
import { golden } from '../../../test/golden/read.ts';
import { Cidr } from '../../base/index.ts';
import { encodeMessage, type Message, NLM_F_ACK, NLM_F_REQUEST, nlmsghdr } from '../message.ts';
import { addressMessage, deleteAddressMessage } from './address.ts';
import { ifinfomsg, linkAttrs, vxlanAttrs } from './link-attrs.ts';
import { dummyMessage, ipvlanMessage, macvlanMessage, modeOf, vlanMessage } from './link-child.ts';
import { bridgeMessage, deleteLinkMessage, linkMessage, setLinkMessage, vethMessage } from './link-message.ts';
import { vethAttrs } from './link-veth.ts';
import { deleteNeighbourMessage, forwardingMessage, neighbourMessage } from './neigh.ts';
import { deleteRouteMessage, routeMessage } from './route.ts';

const v1 = 2; // the first link that the recordings make
const cidr = Cidr.parse;
const port = 4;

/** The descriptor number that ip(8) happened to have. */
function recordedNetnsFd(command: string): number {
  const bytes = Buffer.from(golden('link').get(command) ?? '', 'hex');
  const link = linkAttrs.decode(bytes.subarray(nlmsghdr.sizeBytes + ifinfomsg.sizeBytes));
  return link.netnsFd ?? vethAttrs.decode(link.info?.data ?? new Uint8Array()).peer?.netnsFd ?? -1;
}
const intoNetns = 'ip link add v0 type veth peer name eth0 netns /proc/self/ns/net';
const childIntoNetns =
  'ip link add link v1 name eth0 address 02:42:ac:11:00:02 netns /proc/self/ns/net type macvlan mode bridge';
const m0 = { name: 'm0', linkIndex: v1 };
const i0 = { name: 'i0', linkIndex: v1 };

const ours: Readonly<Record<string, Readonly<Record<string, Message>>>> = {
  link: {
    'ip link add br0 type bridge': bridgeMessage({ name: 'br0' }),
    'ip link add name br0 address 02:42:00:00:00:01 mtu 1450 type bridge': bridgeMessage({
      name: 'br0',
      mac: '02:42:00:00:00:01',
      mtuBytes: 1450,
    }),
    'ip link add br0 type bridge mcast_snooping 0': bridgeMessage({
      name: 'br0',
      bridge: { multicastSnooping: false },
    }),
    'ip link add v0 type veth peer name v1': vethMessage({ name: 'v0', peer: { name: 'v1' } }),
    'ip link add name v0 mtu 1400 master br0 type veth peer name eth0 address 02:42:ac:11:00:02 mtu 1400': vethMessage({
      name: 'v0',
      mtuBytes: 1400,
      masterIndex: 2,
      peer: { name: 'eth0', mac: '02:42:ac:11:00:02', mtuBytes: 1400 },
    }),
    [intoNetns]: vethMessage({ name: 'v0', peer: { name: 'eth0', netnsFd: recordedNetnsFd(intoNetns) } }),
    'ip link add link v1 name m0 type macvlan mode bridge': macvlanMessage({ ...m0, mode: 'bridge' }),
    'ip link add link v1 name m0 type macvlan mode private': macvlanMessage({ ...m0, mode: 'private' }),
    'ip link add link v1 name m0 type macvlan mode vepa': macvlanMessage({ ...m0, mode: 'vepa' }),
    'ip link add link v1 name m0 type macvlan mode passthru': macvlanMessage({ ...m0, mode: 'passthru' }),
    [childIntoNetns]: macvlanMessage({
      name: 'eth0',
      mac: '02:42:ac:11:00:02',
      netnsFd: recordedNetnsFd(childIntoNetns),
      linkIndex: v1,
      mode: 'bridge',
    }),
    'ip link add link v1 name i0 type ipvlan mode l2 bridge': ipvlanMessage({ ...i0, mode: 'l2', flag: 'bridge' }),
    'ip link add link v1 name i0 type ipvlan mode l3 private': ipvlanMessage({ ...i0, mode: 'l3', flag: 'private' }),
    'ip link add link v1 name i0 type ipvlan mode l3s vepa': ipvlanMessage({ ...i0, mode: 'l3s', flag: 'vepa' }),
    'ip link add link v1 name v1.10 type vlan id 10': vlanMessage({ name: 'v1.10', linkIndex: v1, vlanId: 10 }),
    'ip link add dm0 type dummy': dummyMessage({ name: 'dm0' }),
    'ip link add x0 type vxlan id 42 local 192.0.2.1 dstport 4789 nolearning': linkMessage({
      name: 'x0',
      kind: 'vxlan',
      data: vxlanAttrs.encode({ vni: 42, local: '192.0.2.1', port: 4789, learning: false }),
    }),
    'ip link set v1 up': setLinkMessage(v1, { up: true }),
    'ip link set v1 down': setLinkMessage(v1, { down: true }),
    'ip link set v1 promisc on': setLinkMessage(v1, { promisc: true }),
    'ip link set v1 mtu 1280': setLinkMessage(v1, { mtuBytes: 1280 }),
    'ip link set v1 address 02:00:00:00:00:09': setLinkMessage(v1, { mac: '02:00:00:00:00:09' }),
    'ip link set v1 alias portolan:x': setLinkMessage(v1, { alias: 'portolan:x' }),
    'ip link set v1 name eth9': setLinkMessage(v1, { name: 'eth9' }),
    'ip link set r0 master br0': setLinkMessage(port, { masterIndex: 2 }),
    'ip link set r0 nomaster': setLinkMessage(port, { masterIndex: 0 }),
    'ip link del v1': deleteLinkMessage(v1),
  },
  address: {
    'ip addr add 172.17.0.2/16 dev v1': addressMessage({ linkIndex: v1, cidr: cidr('172.17.0.2/16') }),
    'ip addr add 172.17.0.2/16 brd 172.17.255.255 dev v1': addressMessage({
      linkIndex: v1,
      cidr: cidr('172.17.0.2/16'),
      broadcast: '172.17.255.255',
    }),
    'ip addr add 169.254.1.1/32 dev v1 scope link': addressMessage({
      linkIndex: v1,
      cidr: cidr('169.254.1.1/32'),
      scope: 'link',
    }),
    'ip addr add fd00::2/64 dev v1 nodad': addressMessage({ linkIndex: v1, cidr: cidr('fd00::2/64'), noDad: true }),
    'ip addr del 172.17.0.2/16 dev v1': deleteAddressMessage({ linkIndex: v1, cidr: cidr('172.17.0.2/16') }),
  },
  route: {
    'ip route add default via 172.17.0.1 proto 113': routeMessage({
      destination: cidr('0.0.0.0/0'),
      gateway: '172.17.0.1',
    }),
    'ip route add 10.1.0.0/16 via 172.17.0.9 dev v1 proto 113 metric 50': routeMessage({
      destination: cidr('10.1.0.0/16'),
      gateway: '172.17.0.9',
      linkIndex: v1,
      metric: 50,
    }),
    'ip route add 10.2.0.0/16 dev v1 proto 113': routeMessage({ destination: cidr('10.2.0.0/16'), linkIndex: v1 }),
    'ip route add default via 10.9.9.9 dev v1 onlink proto 113': routeMessage({
      destination: cidr('0.0.0.0/0'),
      gateway: '10.9.9.9',
      linkIndex: v1,
      onlink: true,
    }),
    'ip route add 10.2.0.0/16 dev v1 table 1000 proto 113': routeMessage({
      destination: cidr('10.2.0.0/16'),
      linkIndex: v1,
      table: 1000,
    }),
    'ip route add unreachable 10.3.0.0/16 proto 113': routeMessage({
      destination: cidr('10.3.0.0/16'),
      type: 'unreachable',
    }),
    'ip -6 route add default via fd00::1 proto 113': routeMessage({ destination: cidr('::/0'), gateway: 'fd00::1' }),
    'ip route del 10.2.0.0/16 dev v1': deleteRouteMessage({ destination: cidr('10.2.0.0/16'), linkIndex: v1 }),
  },
  neighbour: {
    'ip neigh replace 172.17.0.1 lladdr 02:42:00:00:00:01 dev v1 nud permanent': neighbourMessage({
      linkIndex: v1,
      address: '172.17.0.1',
      mac: '02:42:00:00:00:01',
    }),
    'ip neigh replace fd00::1 lladdr 02:42:00:00:00:01 dev v1 nud permanent': neighbourMessage({
      linkIndex: v1,
      address: 'fd00::1',
      mac: '02:42:00:00:00:01',
    }),
    'ip neigh del 172.17.0.1 dev v1': deleteNeighbourMessage({ linkIndex: v1, address: '172.17.0.1' }),
    'bridge fdb replace 02:42:ac:11:00:02 dev r0 master static': forwardingMessage({
      linkIndex: port,
      mac: '02:42:ac:11:00:02',
      of: 'bridge',
    }),
  },
};

/** ip(8) names the kind of port where the kernel looks only at the bridge: compared below, by what it means. */
const differently = /type bridge_slave/;

for (const file of ['link', 'address', 'route', 'neighbour']) {
  for (const [command, hex] of golden(file)) {
    if (differently.test(command)) continue;
    test(`message bytes are those of: ${command}`, () => {
      const message = ours[file]?.[command];
      assert.ok(message, 'no message for this recording');
      assert.equal(Buffer.from(encodeMessage(message, 0, NLM_F_REQUEST | NLM_F_ACK)).toString('hex'), hex);
    });
  }
}

test('setLinkMessage() writes port options as ip(8) does', () => {
  const commands: Readonly<Record<string, Message>> = {
    'ip link set r0 type bridge_slave isolated on': setLinkMessage(port, { port: { isolated: true } }),
    'ip link set r0 type bridge_slave hairpin on learning off flood off neigh_suppress on': setLinkMessage(port, {
      port: { hairpin: true, learning: false, flood: false, neighSuppress: true },
    }),
  };
  for (const [command, message] of Object.entries(commands)) {
    const recorded = Buffer.from(golden('link').get(command) ?? '', 'hex').subarray(nlmsghdr.sizeBytes);
    const options = (body: Uint8Array) => linkAttrs.decode(body.subarray(ifinfomsg.sizeBytes)).info?.slaveData;
    assert.deepEqual(options(message.body), options(new Uint8Array(recorded)));
  }
});

test('modeOf() reads back how a child works from what ip(8) wrote', () => {
  const modes = Array.from(golden('link'), ([command, hex]) => {
    const bytes = Buffer.from(hex, 'hex').subarray(nlmsghdr.sizeBytes + ifinfomsg.sizeBytes);
    const { kind = '', data } = linkAttrs.decode(bytes).info ?? {};
    return / type (macvlan|ipvlan|vlan) /.test(command) ? [modeOf({ kind, data })] : [];
  });
  const macvlan = ['bridge', 'private', 'vepa', 'passthru', 'bridge'];
  assert.deepEqual(modes.flat(), [...macvlan, 'l2 bridge', 'l3 private', 'l3s vepa', '10']);
});
