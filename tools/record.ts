/**
 * Records what ip(8) sends to the kernel, as the truth that our own encoders are compared with. Needs root, strace and
 * iproute2; every command runs in a namespace of its own. Usage: node tools/record.ts
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Recording = { readonly setup: readonly string[]; readonly command: string };

const veth = 'ip link add v0 type veth peer name v1';
const bridge = 'ip link add br0 type bridge';
const other = 'ip link add name r0 type veth peer name r1';

/** By file in test/golden. In each namespace lo is link 1, and what `setup` adds comes next. */
const recordings: Readonly<Record<string, readonly Recording[]>> = {
  link: [
    { setup: [], command: bridge },
    { setup: [], command: 'ip link add name br0 address 02:42:00:00:00:01 mtu 1450 type bridge' },
    { setup: [], command: 'ip link add br0 type bridge mcast_snooping 0' },
    { setup: [], command: veth },
    {
      setup: [bridge],
      command: 'ip link add name v0 mtu 1400 master br0 type veth peer name eth0 address 02:42:ac:11:00:02 mtu 1400',
    },
    { setup: [], command: 'ip link add v0 type veth peer name eth0 netns /proc/self/ns/net' },
    { setup: [veth], command: 'ip link add link v1 name m0 type macvlan mode bridge' },
    { setup: [veth], command: 'ip link add link v1 name m0 type macvlan mode private' },
    { setup: [veth], command: 'ip link add link v1 name m0 type macvlan mode vepa' },
    { setup: [veth], command: 'ip link add link v1 name m0 type macvlan mode passthru' },
    {
      setup: [veth],
      command:
        'ip link add link v1 name eth0 address 02:42:ac:11:00:02 netns /proc/self/ns/net type macvlan mode bridge',
    },
    { setup: [veth], command: 'ip link add link v1 name i0 type ipvlan mode l2 bridge' },
    { setup: [veth], command: 'ip link add link v1 name i0 type ipvlan mode l3 private' },
    { setup: [veth], command: 'ip link add link v1 name i0 type ipvlan mode l3s vepa' },
    { setup: [veth], command: 'ip link add link v1 name v1.10 type vlan id 10' },
    { setup: [], command: 'ip link add dm0 type dummy' },
    { setup: [], command: 'ip link add x0 type vxlan id 42 local 192.0.2.1 dstport 4789 nolearning' },
    { setup: [veth], command: 'ip link set v1 up' },
    { setup: [veth], command: 'ip link set v1 down' },
    { setup: [veth], command: 'ip link set v1 promisc on' },
    { setup: [veth], command: 'ip link set v1 mtu 1280' },
    { setup: [veth], command: 'ip link set v1 address 02:00:00:00:00:09' },
    { setup: [veth], command: 'ip link set v1 alias portolan:x' },
    { setup: [veth], command: 'ip link set v1 name eth9' },
    { setup: [bridge, other], command: 'ip link set r0 master br0' },
    { setup: [bridge, other, 'ip link set r0 master br0'], command: 'ip link set r0 nomaster' },
    { setup: [bridge, other, 'ip link set r0 master br0'], command: 'ip link set r0 type bridge_slave isolated on' },
    {
      setup: [bridge, other, 'ip link set r0 master br0'],
      command: 'ip link set r0 type bridge_slave hairpin on learning off flood off neigh_suppress on',
    },
    { setup: [veth], command: 'ip link del v1' },
  ],
  address: [
    { setup: [veth], command: 'ip addr add 172.17.0.2/16 dev v1' },
    { setup: [veth], command: 'ip addr add 172.17.0.2/16 brd 172.17.255.255 dev v1' },
    { setup: [veth], command: 'ip addr add 169.254.1.1/32 dev v1 scope link' },
    { setup: [veth], command: 'ip addr add fd00::2/64 dev v1 nodad' },
    { setup: [veth, 'ip addr add 172.17.0.2/16 dev v1'], command: 'ip addr del 172.17.0.2/16 dev v1' },
  ],
  route: [
    {
      setup: [veth, 'ip link set v1 up', 'ip addr add 172.17.0.2/16 dev v1'],
      command: 'ip route add default via 172.17.0.1 proto 113',
    },
    {
      setup: [veth, 'ip link set v1 up', 'ip addr add 172.17.0.2/16 dev v1'],
      command: 'ip route add 10.1.0.0/16 via 172.17.0.9 dev v1 proto 113 metric 50',
    },
    { setup: [veth, 'ip link set v1 up'], command: 'ip route add 10.2.0.0/16 dev v1 proto 113' },
    {
      setup: [veth, 'ip link set v1 up', 'ip addr add 172.17.0.2/32 dev v1'],
      command: 'ip route add default via 10.9.9.9 dev v1 onlink proto 113',
    },
    { setup: [veth, 'ip link set v1 up'], command: 'ip route add 10.2.0.0/16 dev v1 table 1000 proto 113' },
    { setup: [], command: 'ip route add unreachable 10.3.0.0/16 proto 113' },
    {
      setup: [veth, 'ip link set v1 up', 'ip addr add fd00::2/64 dev v1 nodad'],
      command: 'ip -6 route add default via fd00::1 proto 113',
    },
    {
      setup: [veth, 'ip link set v1 up', 'ip route add 10.2.0.0/16 dev v1'],
      command: 'ip route del 10.2.0.0/16 dev v1',
    },
  ],
  neighbour: [
    { setup: [veth], command: 'ip neigh replace 172.17.0.1 lladdr 02:42:00:00:00:01 dev v1 nud permanent' },
    { setup: [veth], command: 'ip neigh replace fd00::1 lladdr 02:42:00:00:00:01 dev v1 nud permanent' },
    {
      setup: [veth, 'ip neigh add 172.17.0.1 lladdr 02:42:00:00:00:01 dev v1'],
      command: 'ip neigh del 172.17.0.1 dev v1',
    },
    {
      setup: [bridge, other, 'ip link set r0 master br0'],
      command: 'bridge fdb replace 02:42:ac:11:00:02 dev r0 master static',
    },
  ],
};

/** The last message that the command sent: those before it look up names. */
function record({ setup, command }: Recording): string {
  const trace = join(tmpdir(), `record-${process.pid}.strace`);
  const traced = `strace -o ${trace} -e trace=sendmsg -e write=all ${command}`;
  // The kernel here may lack the kind of link: what counts is what was asked of it.
  execFileSync('unshare', ['--net', 'sh', '-ec', [...setup, `${traced} || true`].join('\n')], { stdio: 'ignore' });
  const lines = readFileSync(trace, 'utf8').split('\n');
  rmSync(trace);
  const hex = lines.slice(lines.findLastIndex((line) => line.startsWith('sendmsg(')));
  const bytes = hex.flatMap((line) => /^ \| [0-9a-f]+ {2}((?: ?[0-9a-f]{2} ?)+) {2,}/.exec(line)?.[1] ?? []).join('');
  return withoutSequence(bytes.replaceAll(' ', ''));
}

/** nlmsg_seq of struct nlmsghdr is the time of day: zero, so that a new recording differs only where ip(8) does. */
const withoutSequence = (hex: string): string => `${hex.slice(0, 16)}00000000${hex.slice(24)}`;

for (const [file, entries] of Object.entries(recordings)) {
  const blocks = entries.map((entry) => {
    const before = entry.setup.map((command) => `# after: ${command}\n`).join('');
    return `${before}# ${entry.command}\n${record(entry)}\n`;
  });
  writeFileSync(new URL(`../test/golden/${file}.hex`, import.meta.url), blocks.join('\n'));
}
