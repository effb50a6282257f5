const label = 'com.docker.network';

/** A network as asked for, and what inspect shows of it. */
export type MadeRow = readonly [body: object, shown: object, absent?: readonly string[]];

const made = (asked: object, shown: object = asked, absent: readonly string[] = []): MadeRow => [asked, shown, absent];
const pooled = (pool: object, shown: object = pool): MadeRow =>
  made({ IPAM: { Config: [pool] } }, { IPAM: { Driver: 'default', Config: [shown] } });

export const madeRows: readonly MadeRow[] = [
  made({}, { Driver: 'bridge', Scope: 'local', EnableIPv4: true, EnableIPv6: false, Internal: false, Ingress: false }),
  made({ CheckDuplicate: true }, { Driver: 'bridge' }),
  made({ Attachable: true, Labels: { a: 'b' } }),
  made({ Internal: true, EnableIPv6: true }),
  made({ EnableIPv4: false, EnableIPv6: true }),
  // Families by option stay visible; a field that says it wins, and the option goes.
  made(
    { Options: { [`${label}.enable_ipv6`]: 'true' } },
    { EnableIPv6: true, Options: { [`${label}.enable_ipv6`]: 'true' } },
  ),
  made({ EnableIPv6: false, Options: { [`${label}.enable_ipv6`]: 'true' } }, { EnableIPv6: false, Options: {} }, [
    `${label}.enable_ipv6`,
  ]),
  // Gateways: the first address of the range, else of the subnet.
  pooled({ Subnet: '10.52.0.0/24' }, { Subnet: '10.52.0.0/24', Gateway: '10.52.0.1' }),
  pooled(
    { Subnet: '10.52.0.0/24', IPRange: '10.52.0.128/25' },
    { Subnet: '10.52.0.0/24', IPRange: '10.52.0.128/25', Gateway: '10.52.0.128' },
  ),
  pooled({ Subnet: '10.52.0.0/24', Gateway: '10.52.0.254', AuxiliaryAddresses: { nas: '10.52.0.5' } }),
  // Any subnet of this size.
  pooled({ Subnet: '0.0.0.0/24' }, { Subnet: '172.18.0.0/24', Gateway: '172.18.0.1' }),
  // Of a family that the network has not, nothing is looked at.
  made(
    { EnableIPv6: false, IPAM: { Config: [{ Subnet: '10.52.0.0/24' }, { Subnet: 'fd00::1/64', Gateway: 'fd01::1' }] } },
    { EnableIPv6: false },
  ),
  made({ Driver: 'macvlan', Options: { parent: 'eth0' } }, { Driver: 'macvlan', Internal: false }),
  made(
    { Internal: true, Options: { [`${label}.bridge.gateway_mode_ipv4`]: 'isolated' } },
    { Options: { [`${label}.bridge.gateway_mode_ipv4`]: 'isolated' } },
    ['Gateway'],
  ),
  made({ Options: { [`${label}.bridge.host_binding_ipv4`]: '127.0.0.1', [`${label}.driver.mtu`]: '1400' } }),
];

/** Filters of GET /networks, and the names they leave. */
export const listRows: readonly (readonly [filters: object, names: readonly string[]])[] = [
  [{ name: ['sho'] }, ['shop']],
  [{ name: ['^s.o(p|re)$'] }, ['shop', 'store']],
  [{ name: ['shop', 'store'] }, ['shop', 'store']],
  [{ name: ['(?i)^SHOP$'] }, ['shop']],
  [{ driver: ['host'] }, ['host']],
  [{ driver: ['hos'] }, []],
  [{ driver: ['null'] }, ['none', 'setup']],
  [{ type: ['builtin'] }, ['bridge', 'host', 'none']],
  [{ type: ['custom'] }, ['made', 'setup', 'shop', 'store']],
  [{ scope: ['local'], name: ['store'] }, ['store']],
  [{ scope: ['swarm'] }, []],
  [{ label: ['nosuch'] }, []],
  [{ dangling: ['true'] }, ['made', 'setup', 'store']],
  [{ dangling: ['0'], type: ['custom'] }, ['shop']],
];
