/** Families of our tables: packets, and frames that a bridge carries from one of its ports to another. */
export type Family = 'inet' | 'bridge';

/**
 * The sets and maps that carry the data. Those with `interval` are concatenations, which nft adds to without
 * listing what is there; a plain interval set it would list first.
 */
export type SetDeclaration = {
  readonly name: string;
  /** Types of the parts of a key, in nft's words. */
  readonly key: readonly string[];
  /** Types of the parts of a value; absent: a set. */
  readonly value?: readonly string[];
  readonly interval?: true;
  /** Absent: inet. */
  readonly family?: 'bridge';
  /** What an element says. */
  readonly comment: string;
};

const interfaces: readonly SetDeclaration[] = [
  { name: 'bridges', key: ['ifname'], comment: 'our bridges' },
  { name: 'peers', key: ['ifname', 'ifname'], comment: 'same network, containers may talk' },
  { name: 'apart', key: ['ifname', 'ifname'], comment: 'same network, containers may not talk' },
  { name: 'trusted', key: ['ifname', 'ifname'], comment: 'from here to there published ports are open' },
  { name: 'internal', key: ['ifname'], comment: 'networks without a way in or out' },
];

const ofFamily = (n: 4 | 6, ip: string): readonly SetDeclaration[] => [
  ...published(n, ip),
  {
    name: `linked${n}`,
    key: [ip, ip, 'inet_proto', 'inet_service'],
    comment: 'kept apart, but linked: from, to, port',
  },
  { name: `open${n}`, key: [ip, 'inet_proto', 'inet_service'], comment: 'routed, published ports' },
  { name: `open${n}_range`, key: [ip, 'inet_proto', 'inet_service'], interval: true, comment: 'routed, ranges' },
  { name: `direct${n}`, key: [ip, 'inet_proto', 'inet_service'], comment: 'published ports, for the trusted' },
  { name: `direct${n}_range`, key: [ip, 'inet_proto', 'inet_service'], interval: true, comment: 'the same, ranges' },
  { name: `routed${n}`, key: ['ifname'], comment: 'networks reached without translation' },
  { name: `unprotected${n}`, key: ['ifname'], comment: 'networks without a guard on their ports' },
  { name: `masquerade${n}`, key: ['ifname'], comment: "networks that leave under the host's address" },
  { name: `snat${n}`, key: ['ifname'], value: [ip], comment: 'networks that leave under a given address' },
];

/** Host ports: hash maps for single ones, interval maps for ranges with equal numbers on both sides. */
const published = (n: 4 | 6, ip: string): readonly SetDeclaration[] => [
  {
    name: `publish${n}`,
    key: ['inet_proto', 'inet_service'],
    value: [ip, 'inet_service'],
    comment: 'ports of any host address',
  },
  {
    name: `publish${n}_at`,
    key: ['inet_proto', ip, 'inet_service'],
    value: [ip, 'inet_service'],
    comment: 'ports of one host address',
  },
  {
    name: `range${n}`,
    key: ['inet_proto', 'inet_service'],
    value: [ip],
    interval: true,
    comment: 'same numbers, any host address',
  },
  {
    name: `range${n}_at`,
    key: ['inet_proto', ip, 'inet_service'],
    value: [ip],
    interval: true,
    comment: 'same numbers, one host address',
  },
];

/** Ports that lead to a container without IPv6: only the host itself is relayed to it. */
const closed: readonly SetDeclaration[] = [
  { name: 'closed6', key: ['inet_proto', 'inet_service'], comment: 'IPv4 only, any host address' },
  { name: 'closed6_range', key: ['inet_proto', 'inet_service'], interval: true, comment: 'the same, ranges' },
  { name: 'closed6_at', key: ['inet_proto', 'ipv6_addr', 'inet_service'], comment: 'IPv4 only, one host address' },
  {
    name: 'closed6_at_range',
    key: ['inet_proto', 'ipv6_addr', 'inet_service'],
    interval: true,
    comment: 'the same, ranges',
  },
];

/** Where containers are kept apart. */
const apart: readonly SetDeclaration[] = [
  { name: 'kept', key: ['ifname'], family: 'bridge', comment: 'ports of bridges whose containers are kept apart' },
];

export const setDeclarations: readonly SetDeclaration[] = [
  ...interfaces,
  ...closed,
  ...apart,
  ...ofFamily(4, 'ipv4_addr'),
  ...ofFamily(6, 'ipv6_addr'),
];

/** As nft reads it inside a table. */
export function declare({ name, key, value, interval, comment }: SetDeclaration): string {
  const type = value === undefined ? key.join(' . ') : `${key.join(' . ')} : ${value.join(' . ')}`;
  const flags = interval === true ? ' flags interval;' : '';
  return `${value === undefined ? 'set' : 'map'} ${name} { type ${type};${flags} comment "${comment}"; }\n`;
}

const bridgeSets: ReadonlySet<string> = new Set(
  setDeclarations.filter(({ family }) => family === 'bridge').map(({ name }) => name),
);

export const familyOf = (set: string): Family => (bridgeSets.has(set) ? 'bridge' : 'inet');
