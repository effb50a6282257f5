import { drop, refuse } from './drops.ts';

/** A packet mark with which somebody else's rules let packets in: those whose bits of `mask` are those of `mark`. */
export type AcceptedMark = { readonly mark: number; readonly mask: number };

/** Without `hook` it is jumped to. */
export type Chain = { readonly name: string; readonly hook?: string; readonly rules: readonly string[] };

/** Not among the sets of the networks' elements: it is the host's, and belongs to no record. */
export const guardedSet = 'guarded';

/** `route_localnet` on our bridges lets the host reach a container by 127.0.0.1; nobody else may use the door. */
const guard: readonly string[] = [
  `iifname @bridges ip saddr 127.0.0.0/8 ${drop('loopback')}`,
  `iifname != "lo" ip daddr 127.0.0.0/8 ${drop('loopback')}`,
];

const incoming: readonly string[] = [
  'meta nfproto ipv6 iifname != "lo" fib daddr type local jump closed',
  'fib daddr type local jump publish',
];

/**
 * A relay would serve these under its own address. Who is refused at once tries IPv4 next (RFC 8305), and does not wait.
 */
const closed: readonly string[] = [
  ...['', '_range'].flatMap((range) => refused(`meta l4proto . th dport @closed6${range}`)),
  ...['', '_range'].flatMap((range) => refused(`meta l4proto . ip6 daddr . th dport @closed6_at${range}`)),
];

/** The kernel cannot route what comes from ::1 or a link-local peer elsewhere: those reach the relay. */
const publish: readonly string[] = [
  'ip6 daddr ::1 return',
  'ip6 saddr fe80::/10 return',
  ...translate(4, 'ip'),
  ...translate(6, 'ip6'),
];

function translate(n: 4 | 6, ip: string): readonly string[] {
  return [
    `dnat ${ip} to meta l4proto . ${ip} daddr . th dport map @publish${n}_at`,
    `dnat ${ip} to meta l4proto . ${ip} daddr . th dport map @range${n}_at`,
    `dnat ${ip} to meta l4proto . th dport map @publish${n}`,
    `dnat ${ip} to meta l4proto . th dport map @range${n}`,
  ];
}

const notOwn = 'fib saddr type != local fib daddr type unicast';
const betweenBridges = 'meta iifkind "bridge" meta oifkind "bridge"';

/**
 * What enters a bridge after translation, and what leaves our networks. Last what `others` lets by: a frame that a
 * bridge itself carries on has no incoming interface here, but some that the kernel itself sends (IGMP) have.
 */
const leaving: readonly string[] = [
  'oifname @bridges ct status dnat jump answers',
  'iifname @bridges oifname != @bridges jump away',
  `meta nfproto @${guardedSet} iifname != @bridges oifname != @bridges ${betweenBridges} ${notOwn} ${drop('foreign')}`,
];

/**
 * The container must answer to this host, which translates back, and not straight to a client that it may know another
 * way to. Only for clients outside is there no other way: they keep their address. A frame that a bridge itself carries
 * on (br_netfilter) has no incoming interface here, and is from a container too.
 */
const answers: readonly string[] = [
  'fib saddr type local masquerade comment "from this host to a published port"',
  'iif != 0 iifname != @bridges return',
  'masquerade comment "from a container to a published port"',
];

const away: readonly string[] = [
  'snat ip to iifname map @snat4',
  'snat ip6 to iifname map @snat6',
  'meta nfproto ipv4 iifname @masquerade4 masquerade',
  'meta nfproto ipv6 iifname @masquerade6 masquerade',
];

/**
 * Neither side is ours. With br_netfilter the frames that somebody else's bridge carries from port to port come by here,
 * too: those from bridge to bridge are judged in `leaving`, where they can be told from what the host leads.
 */
const others: readonly string[] = [
  `${betweenBridges} accept`,
  `meta nfproto @${guardedSet} ${drop('foreign')}`,
  'accept',
];

/**
 * Neither end of a TCP connection sends segments that do not fit on the way, as far as this host knows it: whoever
 * drops the kernel's "fragmentation needed" does no harm. Both directions, never enlarged.
 */
const clamp: readonly string[] = [
  'iifname @bridges tcp option maxseg size set rt mtu',
  'oifname @bridges tcp option maxseg size set rt mtu',
];

function refused(match: string): readonly string[] {
  return [
    `meta l4proto tcp ${match} ${refuse('family', 'reject with tcp reset')}`,
    `${match} ${refuse('family', 'reject')}`,
  ];
}

/** By the container's own address, without translation. */
const trusted: readonly string[] = [
  'ip daddr . meta l4proto . th dport @direct4 accept',
  'ip daddr . meta l4proto . th dport @direct4_range accept',
  'ip6 daddr . meta l4proto . th dport @direct6 accept',
  'ip6 daddr . meta l4proto . th dport @direct6_range accept',
];

/** From a published port the way leads back into the network. */
const apart: readonly string[] = [
  'ct status dnat return',
  'ip saddr . ip daddr . meta l4proto . th dport @linked4 accept comment "linked"',
  'ip6 saddr . ip6 daddr . meta l4proto . th dport @linked6 accept comment "linked"',
  drop('apart'),
];

/** What is not ours leaves after two look-ups. An internal network is closed before translation can open it. */
const forward: readonly string[] = [
  'tcp flags & (syn | rst) == syn jump clamp',
  'ct state established,related accept',
  'iifname != @bridges oifname != @bridges jump others',
  'iifname . oifname @peers accept',
  'iifname . oifname @apart jump apart',
  `iifname @internal ${drop('internal')}`,
  `oifname @internal ${drop('internal')}`,
  'ct status dnat accept comment "published"',
  'iifname . oifname @trusted jump trusted',
  'oifname @bridges jump marked',
  ...opened(4, 'ip', 'icmp'),
  ...opened(6, 'ip6', 'ipv6-icmp'),
  `iifname @bridges oifname @bridges ${drop('isolation')}`,
  `oifname @bridges ${drop('unpublished')}`,
];

function opened(n: 4 | 6, ip: string, icmp: string): readonly string[] {
  return [
    `${ip} daddr . meta l4proto . th dport @open${n} accept`,
    `${ip} daddr . meta l4proto . th dport @open${n}_range accept`,
    `meta nfproto ipv${n} oifname @routed${n} meta l4proto ${icmp} accept`,
    `meta nfproto ipv${n} iifname != @bridges oifname @unprotected${n} accept`,
  ];
}

/** A chain that is jumped to stands before those that jump. */
const chains: readonly Chain[] = [
  { name: 'guard', hook: 'filter hook prerouting priority raw', rules: guard },
  { name: 'closed', rules: closed },
  { name: 'publish', rules: publish },
  { name: 'incoming', hook: 'nat hook prerouting priority dstnat', rules: incoming },
  { name: 'outgoing', hook: 'nat hook output priority -100', rules: ['fib daddr type local jump publish'] },
  { name: 'answers', rules: answers },
  { name: 'away', rules: away },
  { name: 'leaving', hook: 'nat hook postrouting priority srcnat', rules: leaving },
  { name: 'others', rules: others },
  { name: 'clamp', rules: clamp },
  { name: 'apart', rules: apart },
  { name: 'trusted', rules: trusted },
  { name: 'marked', rules: [] },
  { name: 'forward', hook: 'filter hook forward priority filter', rules: forward },
];

/** The chains of the inet table, in the order they are declared in. */
export const chainsWith = (mark: AcceptedMark | undefined): readonly Chain[] =>
  mark === undefined
    ? chains
    : chains.map((chain) => (chain.name === 'marked' ? { ...chain, rules: [acceptMarked(mark)] } : chain));

const acceptMarked = ({ mark, mask }: AcceptedMark): string => `meta mark & ${mask} == ${mark} accept`;
