/** What a client gets: the server, which sees it as itself or as the gateway of the server's network; or an error. */
export type Expected = 'own' | 'gateway' | 'drop' | 'refused' | 'unreachable';

export const sources = ['host', 'remote', 'self', 'peer', 'other', 'routed'] as const;
/** `peer`: on the same network; `other`, `routed`: on networks of their own, of mode nat and of mode routed. */
export type Source = (typeof sources)[number];

/** By the container's address, by the host's, by the host's loopback; ports published on one address only. */
export const columns = [
  'published',
  'unpublished',
  'host',
  'loopback',
  'onLoopback',
  'loopbackByHost',
  'onAddress',
] as const;
type Row = { readonly [C in (typeof columns)[number]]?: Expected };
type Table = Readonly<Record<Source, Row>> & { readonly out: Expected | 'host' | (string & {}) };

type Mode = {
  readonly options: Readonly<Record<string, string>>;
  readonly internal?: boolean;
  readonly ipv4: Table;
  readonly ipv6: Table;
};

const row = (published: Expected, unpublished: Expected, host: Expected, more: Row = {}): Row => ({
  published,
  unpublished,
  host,
  ...more,
});

const nat: Table = {
  host: row('gateway', 'gateway', 'gateway', {
    loopback: 'gateway',
    onLoopback: 'gateway',
    loopbackByHost: 'refused',
    onAddress: 'gateway',
  }),
  remote: row('drop', 'drop', 'own', { loopbackByHost: 'refused', onAddress: 'own' }),
  self: row('own', 'own', 'gateway', { loopbackByHost: 'refused', onAddress: 'gateway' }),
  peer: row('own', 'own', 'gateway', { loopbackByHost: 'refused', onAddress: 'gateway' }),
  other: row('drop', 'drop', 'gateway', { loopbackByHost: 'refused', onAddress: 'gateway' }),
  routed: row('drop', 'drop', 'gateway', { loopbackByHost: 'refused', onAddress: 'gateway' }),
  out: 'host',
};

/**
 * The two ports of an IPv4 address are closed over IPv6. What a relay answers on ::1 is tested where it runs in a
 * process of the lab's host: ports-relay.test.ts.
 */
const of6 = (table: Table): Table =>
  mapped(table, ({ loopback, onLoopback, onAddress, ...rest }) => ({
    ...rest,
    ...(loopback === 'refused' && { loopback }),
    ...(onLoopback && { onLoopback: 'refused' }),
    ...(onAddress && { onAddress: 'refused' }),
  }));

const mapped = (table: Table, change: (row: Row) => Row): Table => ({
  ...(Object.fromEntries(sources.map((source) => [source, change(table[source])])) as Record<Source, Row>),
  out: table.out,
});

/** Open to the world by way of a route, not to other networks: so Docker 28 does it (test/golden/access.txt). */
const unprotected: Table = { ...nat, remote: { ...nat.remote, published: 'own', unpublished: 'own' } };

const routed: Table = {
  host: row('gateway', 'gateway', 'refused', { loopback: 'refused', onLoopback: 'refused' }),
  remote: row('own', 'drop', 'refused'),
  self: row('own', 'own', 'refused'),
  peer: row('own', 'own', 'refused'),
  other: row('own', 'drop', 'refused'),
  routed: row('own', 'drop', 'refused'),
  out: 'own',
};

const internal: Table = {
  host: row('gateway', 'gateway', 'refused', { loopback: 'refused', onLoopback: 'refused' }),
  remote: row('drop', 'drop', 'refused'),
  self: row('own', 'own', 'unreachable'),
  peer: row('own', 'own', 'unreachable'),
  other: row('drop', 'drop', 'refused'),
  routed: row('drop', 'drop', 'refused'),
  out: 'unreachable',
};

/** The bridge has no address: the host has no way to the containers. */
const isolated: Table = {
  ...internal,
  host: { ...internal.host, published: 'unreachable', unpublished: 'unreachable' },
  remote: row('unreachable', 'unreachable', 'refused'),
  other: row('unreachable', 'unreachable', 'refused'),
  routed: row('unreachable', 'unreachable', 'refused'),
};

const both = (table: Table): Pick<Mode, 'ipv4' | 'ipv6'> => ({ ipv4: table, ipv6: of6(table) });
const withoutHost = (table: Table): Table =>
  mapped(table, ({ loopback, ...rest }) => ({ ...rest, host: 'refused', ...(loopback && { loopback: 'refused' }) }));

/**
 * Options of networks, all of both families, and what follows from them. test/golden/access.txt is the like table taken
 * from Docker 28, end to end; this one is of more options and tells a silent drop from a refusal.
 */
export const modes: Readonly<Record<string, Mode>> = {
  elsewhere: { options: {}, ...both({ ...nat, other: nat.peer }) },
  nat: { options: {}, ...both(nat) },
  unprotected: {
    options: { gateway_mode_ipv4: 'nat-unprotected', gateway_mode_ipv6: 'nat-unprotected' },
    ...both(unprotected),
  },
  routed: {
    options: { gateway_mode_ipv4: 'routed', gateway_mode_ipv6: 'routed' },
    ...both({ ...routed, routed: routed.peer }),
  },
  internal: { options: {}, internal: true, ...both(internal) },
  isolated: {
    options: { gateway_mode_ipv4: 'isolated', gateway_mode_ipv6: 'isolated' },
    internal: true,
    ...both(isolated),
  },
  apart: {
    options: { enable_icc: 'false' },
    ...both({ ...nat, peer: { ...nat.peer, published: 'drop', unpublished: 'drop' } }),
  },
  plain: { options: { enable_ip_masquerade: 'false' }, ...both({ ...nat, out: 'own' }) },
  snat: {
    options: { 'com.docker.network.host_ipv4': '192.0.2.11', 'com.docker.network.host_ipv6': '2001:db8::11' },
    ipv4: { ...nat, out: '192.0.2.11' },
    ipv6: of6({ ...nat, out: '2001:db8::11' }),
  },
  trusting: {
    options: { trusted_host_interfaces: 'eth0' },
    ...both({ ...nat, remote: { ...nat.remote, published: 'own' } }),
  },
  bound: {
    options: { host_binding_ipv4: '192.0.2.10' },
    ipv4: { ...nat, host: { ...nat.host, loopback: 'refused' } },
    ipv6: of6(withoutHost(nat)),
  },
  mixed4: { options: { gateway_mode_ipv6: 'routed' }, ipv4: nat, ipv6: of6(routed) },
  mixed6: { options: { gateway_mode_ipv4: 'routed' }, ipv4: routed, ipv6: of6(nat) },
};
