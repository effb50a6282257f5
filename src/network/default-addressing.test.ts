import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Cidr } from '../base/index.ts';
import { type AddressingFlags, defaultAddressing } from './default-addressing.ts';

type Row = {
  readonly name: string;
  /** Addresses of the bridge, IPv4 and IPv6. */
  readonly has?: readonly string[];
  readonly v4?: AddressingFlags;
  readonly v6?: AddressingFlags;
  /** "subnet range gateway", or the error. Absent: the family is not looked at. */
  readonly want4?: string | RegExp;
  readonly want6?: string | RegExp;
  /** How many notices, of IPv4. */
  readonly notices?: number;
};

/** As dockerd places its own docker0, which it finds with the addresses it had. */
const ours: readonly Row[] = [
  { name: 'nothing said, nothing there', want4: 'any', want6: 'any' },
  {
    name: 'a range alone is the subnet too',
    v4: { fixedCidr: '192.168.176.0/24' },
    v6: { fixedCidr: 'fdd1:8161:2d2c::/64' },
    want4: '192.168.176.0/24 192.168.176.0/24 192.168.176.1',
    want6: 'fdd1:8161:2d2c::/64 fdd1:8161:2d2c::/64 fdd1:8161:2d2c::1',
  },
  {
    name: '--bip alone is address and subnet',
    v4: { bip: '192.168.176.88/24' },
    v6: { bip: 'fdd1:8161:2d2c::8888/64' },
    want4: '192.168.176.0/24 - 192.168.176.88',
    want6: 'fdd1:8161:2d2c::/64 - fdd1:8161:2d2c::8888',
  },
  {
    name: '--bip and a range within',
    v4: { bip: '192.168.1.1/24', fixedCidr: '192.168.1.0/25' },
    want4: '192.168.1.0/24 192.168.1.0/25 192.168.1.1',
  },
  {
    name: '--bip and a range without',
    v4: { bip: '192.168.1.1/24', fixedCidr: '192.168.2.0/25' },
    v6: { bip: 'fd00::1/64', fixedCidr: 'fd00::/60' },
    want4: /fixed-cidr=192\.168\.2\.0\/25 is outside 192\.168\.1\.0\/24, the subnet of --bip 192\.168\.1\.1\/24/,
    want6: /fixed-cidr-v6=fd00::\/60 is outside fd00::\/64, the subnet of --bip6/,
  },
  {
    name: 'the address it has, and no flag',
    has: ['192.168.176.88/24', 'fdd1:8161:2d2c::8888/64'],
    want4: '192.168.176.0/24 - 192.168.176.88',
    want6: 'fdd1:8161:2d2c::/64 - fdd1:8161:2d2c::8888',
  },
  {
    name: "a range within the old address's subnet",
    has: ['192.168.176.88/20', 'fdd1:8161:2d2c::8888/56'],
    v4: { fixedCidr: '192.168.176.0/24' },
    v6: { fixedCidr: 'fdd1:8161:2d2c::/64' },
    want4: '192.168.176.0/20 192.168.176.0/24 192.168.176.88',
    want6: 'fdd1:8161:2d2c::/56 fdd1:8161:2d2c::/64 fdd1:8161:2d2c::8888',
  },
  {
    name: 'a range and a new --bip',
    has: ['192.168.176.88/20', 'fdd1:8161:2d2c::/56'],
    v4: { bip: '192.168.176.99/24', fixedCidr: '192.168.176.0/24' },
    v6: { bip: 'fdd1:8161:2d2c::9999/64', fixedCidr: 'fdd1:8161:2d2c::/64' },
    want4: '192.168.176.0/24 192.168.176.0/24 192.168.176.99',
    want6: 'fdd1:8161:2d2c::/64 fdd1:8161:2d2c::/64 fdd1:8161:2d2c::9999',
  },
  {
    name: "a range that the old address's subnet is within: the subnet grows",
    has: ['192.168.176.88/24', 'fdd1:8161:2d2c::8888/64'],
    v4: { fixedCidr: '192.168.176.0/20' },
    v6: { fixedCidr: 'fdd1:8161:2d2c::/56' },
    want4: '192.168.176.0/20 192.168.176.0/20 192.168.176.88',
    want6: 'fdd1:8161:2d2c::/56 fdd1:8161:2d2c::/56 fdd1:8161:2d2c::8888',
  },
  {
    name: "a range outside the old address's subnet: the address gives way",
    has: ['192.168.176.88/24', 'fdd1:8161:2d2c::8888/64'],
    v4: { fixedCidr: '192.168.177.0/24' },
    v6: { fixedCidr: 'fdd1:8161:2d2c:1::/64' },
    want4: '192.168.177.0/24 192.168.177.0/24 192.168.177.1',
    want6: 'fdd1:8161:2d2c:1::/64 fdd1:8161:2d2c:1::/64 fdd1:8161:2d2c:1::1',
  },
  { name: "the kernel's link-local address is not taken for one", has: ['fe80::1/64'], want6: 'any' },
  {
    name: 'but where the range is link-local',
    has: ['fe80::42/64'],
    v6: { fixedCidr: 'fe80::/64' },
    want6: 'fe80::/64 fe80::/64 fe80::42',
  },
];

/** A bridge that the user made and gave its addresses (`--bridge`). */
const users: readonly Row[] = [
  {
    name: 'its address',
    has: ['192.168.176.88/20', 'fdd1:8161:2d2c::8888/64'],
    want4: '192.168.176.0/20 - 192.168.176.88',
    want6: 'fdd1:8161:2d2c::/64 - fdd1:8161:2d2c::8888',
  },
  {
    name: 'a range and no address',
    v4: { fixedCidr: '192.168.176.0/24' },
    want4: '192.168.176.0/24 192.168.176.0/24 192.168.176.1',
  },
  {
    name: 'the address within the range among several',
    has: ['192.168.160.88/20', '192.168.176.88/20', '192.168.192.88/20', 'fdd1::8888/60', 'fdd1:0:0:10::8888/60'],
    v4: { fixedCidr: '192.168.176.0/24' },
    v6: { fixedCidr: 'fdd1:0:0:10::/64' },
    want4: '192.168.176.0/20 192.168.176.0/24 192.168.176.88',
    want6: 'fdd1:0:0:10::/60 fdd1:0:0:10::/64 fdd1:0:0:10::8888',
  },
  {
    name: 'the address whose subnet holds the range',
    has: ['192.168.160.88/20', '192.168.176.88/20', '192.168.192.88/20', 'fdd1::8888/60', 'fdd1:0:0:10::8888/60'],
    v4: { fixedCidr: '192.168.177.0/24' },
    v6: { fixedCidr: 'fdd1:0:0:11::8888/64' },
    want4: '192.168.176.0/20 192.168.177.0/24 192.168.176.88',
    want6: 'fdd1:0:0:10::/60 fdd1:0:0:11::/64 fdd1:0:0:10::8888',
  },
  {
    name: 'a range larger than the subnet: all of the subnet, told; IPv6 refuses',
    has: ['192.168.176.88/24', 'fdd1:8161:2d2c::8888/64'],
    v4: { fixedCidr: '192.168.176.0/20' },
    v6: { fixedCidr: 'fdd1:8161:2d2c::/60' },
    want4: '192.168.176.0/24 - 192.168.176.88',
    want6:
      /fixed-cidr-v6=fdd1:8161:2d2c::\/60 is outside any subnet implied by addresses on the user-managed default bridge/,
    notices: 1,
  },
  {
    name: 'no address within the range: the same',
    has: ['192.168.160.88/20', 'fdd1:8161:2d2c::8888/60'],
    v4: { fixedCidr: '192.168.176.0/24' },
    v6: { fixedCidr: 'fdd1:8161:2d2c:10::/64' },
    want4: '192.168.160.0/20 - 192.168.160.88',
    want6: /is outside any subnet/,
    notices: 1,
  },
  {
    name: 'a range that holds subnet and address: the same',
    has: ['192.168.177.1/24', 'fdd1:8161:2d2c:10::1/64'],
    v4: { fixedCidr: '192.168.176.0/20' },
    v6: { fixedCidr: 'fdd1:8161:2d2c::/56' },
    want4: '192.168.177.0/24 - 192.168.177.1',
    want6: /is outside any subnet/,
    notices: 1,
  },
];

/** Whatever the bridge. */
const refused: readonly Row[] = [
  { name: 'no block', v4: { bip: '10.0.0.1' }, want4: /^parse bip failed: invalid CIDR address: 10\.0\.0\.1$/ },
  { name: 'no address', v4: { fixedCidr: 'x/8' }, want4: /^parse fixed-cidr failed: invalid CIDR address: x\/8$/ },
  { name: 'no IPv6 block', v6: { bip: 'fd00::1/129' }, want6: /^parse bip6 failed: invalid CIDR address/ },
  {
    name: 'the other family',
    v4: { bip: 'fd00::1/64' },
    v6: { fixedCidr: '10.0.0.0/8' },
    want4: /not IPv4/,
    want6: /not IPv6/,
  },
  {
    name: "the network's own address",
    v4: { bip: '10.9.0.0/24' },
    want4: /want the address of the bridge .* 10\.9\.0\.1\/24/,
  },
  { name: 'the broadcast address', v4: { bip: '10.9.0.255/24' }, want4: /want the address of the bridge/ },
  {
    name: 'a gateway outside',
    v4: { bip: '10.9.0.1/24', gateway: '10.8.0.1' },
    want4: /default gateway ip must be part of the network/,
  },
  { name: 'a gateway that is none', v4: { gateway: 'fd00::1' }, want4: /"fd00::1" for "--default-gateway" flag/ },
];

function outcome(family: 4 | 6, row: Row, foreign: boolean): { readonly text: string; readonly notices: number } {
  const addresses = (row.has ?? []).map((text) => Cidr.parse(text)).filter((one) => one.family === family);
  try {
    const flags = (family === 4 ? row.v4 : row.v6) ?? {};
    const { pool, notices } = defaultAddressing(family, flags, { foreign, addresses });
    const text = pool === undefined ? 'any' : `${pool.subnet} ${pool.ipRange ?? '-'} ${pool.gateway}`;
    return { text, notices: notices.length };
  } catch (error) {
    return { text: (error as Error).message, notices: 0 };
  }
}

for (const [title, rows, foreign] of [
  ['of our own bridge', ours, false],
  ["of the user's bridge", users, true],
  ['refuses', refused, false],
] as const) {
  describe(`defaultAddressing() ${title}`, () => {
    for (const row of rows) {
      test(row.name, () => {
        for (const [family, want] of [
          [4, row.want4],
          [6, row.want6],
        ] as const) {
          if (want === undefined) continue;
          const { text, notices } = outcome(family, row, foreign);
          if (typeof want === 'string') assert.equal(text, want);
          else assert.match(text, want);
          if (family === 4) assert.equal(notices, row.notices ?? 0);
        }
      });
    }
  });
}

test("defaultAddressing() keeps --default-gateway as dockerd's auxiliary address, unless it is the bridge's own", () => {
  const none = { foreign: false, addresses: [] };
  const aux = (gateway: string): unknown => defaultAddressing(4, { bip: '10.9.0.1/24', gateway }, none).auxiliary;
  assert.deepEqual(aux('10.9.0.254'), { DefaultGatewayIPv4: '10.9.0.254' });
  assert.equal(aux('10.9.0.1'), undefined);
  assert.deepEqual(defaultAddressing(6, { gateway: 'fd00::9' }, none), {
    auxiliary: { DefaultGatewayIPv6: 'fd00::9' },
    notices: [],
  });
});
