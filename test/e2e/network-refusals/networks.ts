import type { Row } from './row.ts';

/** A network with one pool, and what else. */
const create = (more: object): [string, string, object] => ['POST', '/networks/create', { Name: 'x', ...more }];
const pooled = (pool: object, more: object = {}): [string, string, object] =>
  create({ IPAM: { Config: [pool] }, ...more });
const options = (Options: Record<string, string>, more: object = {}): [string, string, object] =>
  create({ Options, ...more });
const bridgeOption = (name: string, value: string, more: object = {}): [string, string, object] =>
  options({ [`com.docker.network.${name}`]: value }, more);
const child = (Driver: string, Options: Record<string, string>): [string, string, object] =>
  options(Options, { Driver });
const list = (filters: object): [string, string, undefined] => [
  'GET',
  `/networks?filters=${JSON.stringify(filters)}`,
  undefined,
];

const inUse = /^error while removing network: network shop has active endpoints \(name:"runs" id:"[0-9a-f]{12}"\)$/;
const invalidConfig = 'invalid network config:\n';
const unparsed = (name: string, value: string): RegExp =>
  new RegExp(`^failed to parse com\\.docker\\.network\\.${name.replaceAll('.', '\\.')} value: ${value} \\(`);
const operatorFields =
  'configuration network can only contain network specific fields. Network operator fields like [ ingress | internal | attachable | scope ] are not supported.';
const overlaps = /^invalid pool request: Pool overlaps with other one on this address space/;

export const networkRows: readonly Row[] = [
  [
    'POST',
    '/networks/create',
    '{"Name":"x"}',
    400,
    "unsupported Content-Type header (text/plain): must be 'application/json'",
    'text/plain',
  ],
  [
    'POST',
    '/networks/create',
    '{invalid json',
    400,
    "invalid JSON: invalid character 'i' looking for beginning of object key string",
  ],
  ['POST', '/networks/create', '{"Name":"x"} trailing', 400, 'unexpected content after JSON'],
  ['POST', '/networks/create', ' ', 400, 'invalid JSON: got EOF while reading request body'],
  ['POST', '/networks/create', { Name: '' }, 400, 'invalid name: name is empty'],
  ['POST', '/networks/create', { Name: 'shop' }, 409, 'network with name shop already exists'],
  ['POST', '/networks/create', { Name: 'bridge' }, 403, 'operation is not permitted on predefined bridge network '],
  ['POST', '/networks/create', { Name: 'default' }, 403, 'operation is not permitted on predefined default network '],
  ['POST', '/networks/create', { Name: 'x', Driver: 'host' }, 403, 'only one instance of "host" network is allowed'],
  ['POST', '/networks/create', { Name: 'x', Driver: 'null' }, 403, 'only one instance of "null" network is allowed'],
  ['POST', '/networks/create', { Name: 'x', Driver: 'nosuch' }, 404, /plugin "nosuch" not found/],
  ['POST', '/networks/create', { Name: 'x', IPAM: { Driver: 'nosuch' } }, 404, /^plugin "nosuch" not found/],
  ['GET', '/networks/nosuch', undefined, 404, 'network nosuch not found'],
  ['GET', '/networks/shop?verbose=perhaps', undefined, 400, /^invalid value for verbose: perhaps/],
  ['GET', '/networks/shop?scope=swarm', undefined, 404, 'network shop not found'],
  ['GET', '/networks?filters={"nosuch":["1"]}', undefined, 400, "invalid filter 'nosuch'"],
  [
    'GET',
    '/networks?filters={"dangling":["perhaps"]}',
    undefined,
    400,
    `invalid value for filter 'dangling', must be "true" (or "1"), or "false" (or "0")`,
  ],
  [
    'GET',
    '/networks?filters={"dangling":["1","0"]}',
    undefined,
    400,
    'got more than one value for filter key "dangling"',
  ],
  ['GET', '/networks?filters={"type":["odd"]}', undefined, 400, "invalid filter: 'type'='odd'"],
  ['DELETE', '/networks/nosuch', undefined, 404, 'network nosuch not found'],
  ['DELETE', '/networks/host', undefined, 403, 'host is a pre-defined network and cannot be removed'],
  ['DELETE', '/networks/shop', undefined, 403, inUse],
  ['POST', '/networks/prune?filters={"until":["1h","2h"]}', undefined, 400, 'more than one until filter specified'],
  ['POST', '/networks/prune?filters={"nosuch":["1"]}', undefined, 400, "invalid filter 'nosuch'"],
  // Scope, swarm and configuration networks.
  ['POST', '/networks/create', {}, 400, 'invalid name: name is empty'],
  ['POST', '/networks/create', { Name: 'host' }, 403, 'operation is not permitted on predefined host network '],
  ['POST', '/networks/create', { Name: 'none' }, 403, 'operation is not permitted on predefined none network '],
  [...create({ Scope: 'swarm' }), 403, 'cannot create a swarm scoped network when swarm is not active'],
  [...create({ Ingress: true }), 403, 'Ingress network can only be global scope network'],
  [
    ...create({ Driver: 'overlay' }),
    403,
    'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.',
  ],
  [...create({ ConfigOnly: true, Internal: true }), 403, operatorFields],
  [...create({ ConfigOnly: true, Attachable: true }), 403, operatorFields],
  [
    ...create({ ConfigOnly: true, ConfigFrom: { Network: 'setup' } }),
    403,
    'a configuration network cannot depend on another configuration network',
  ],
  [...create({ ConfigFrom: { Network: 'nosuch' } }), 404, 'configuration network "nosuch" does not exist'],
  [
    ...pooled({ Subnet: '10.50.0.0/24' }, { ConfigFrom: { Network: 'setup' } }),
    403,
    'user-specified configurations are not supported if the network depends on a configuration network',
  ],
  [
    ...options({ a: 'b' }, { ConfigFrom: { Network: 'setup' } }),
    403,
    'network driver options are not supported if the network depends on a configuration network',
  ],
  // Families.
  [...create({ EnableIPv4: false }), 400, 'IPv4 or IPv6 must be enabled'],
  [...bridgeOption('enable_ipv6', 'x'), 400, 'driver-opt "com.docker.network.enable_ipv6" is not a valid bool'],
  [...bridgeOption('enable_ipv4', 'x'), 400, 'driver-opt "com.docker.network.enable_ipv4" is not a valid bool'],
  // Addresses.
  [...pooled({ Subnet: '10.0.0.1/24' }), 400, `${invalidConfig}invalid subnet 10.0.0.1/24: it should be 10.0.0.0/24`],
  [
    ...pooled({ Subnet: '10.50.0.0/24', IPRange: 'fd00::/64' }),
    400,
    `${invalidConfig}invalid ip-range fd00::/64: parent subnet is an IPv4 block`,
  ],
  [
    ...pooled({ Subnet: '10.50.0.0/24', IPRange: '10.50.0.0/16' }),
    400,
    `${invalidConfig}invalid ip-range 10.50.0.0/16: CIDR block is bigger than its parent subnet 10.50.0.0/24`,
  ],
  [
    ...pooled({ Subnet: '10.50.0.0/24', IPRange: '10.50.0.1/28' }),
    400,
    `${invalidConfig}invalid ip-range 10.50.0.1/28: it should be 10.50.0.0/28`,
  ],
  [
    ...pooled({ Subnet: '10.50.0.0/24', IPRange: '10.51.0.0/28' }),
    400,
    `${invalidConfig}invalid ip-range 10.51.0.0/28: parent subnet 10.50.0.0/24 doesn't contain ip-range`,
  ],
  [
    ...pooled({ Subnet: '10.50.0.0/24', Gateway: '10.51.0.1' }),
    400,
    `${invalidConfig}invalid gateway 10.51.0.1: parent subnet 10.50.0.0/24 doesn't contain this address`,
  ],
  [
    ...pooled({ Subnet: '10.50.0.0/24', Gateway: 'fd00::1' }),
    400,
    `${invalidConfig}invalid gateway fd00::1: parent subnet is an IPv4 block`,
  ],
  [
    ...pooled({ Subnet: '10.50.0.0/24', AuxiliaryAddresses: { nas: '10.51.0.9' } }),
    400,
    `${invalidConfig}invalid auxiliary address nas: parent subnet 10.50.0.0/24 doesn't contain this address`,
  ],
  [
    ...pooled({ Subnet: '10.50.0.1/24', IPRange: '10.51.0.0/28', Gateway: '10.51.0.1' }),
    400,
    `${invalidConfig}invalid subnet 10.50.0.1/24: it should be 10.50.0.0/24\ninvalid ip-range 10.51.0.0/28: parent subnet 10.50.0.1/24 doesn't contain ip-range\ninvalid gateway 10.51.0.1: parent subnet 10.50.0.1/24 doesn't contain this address`,
  ],
  [
    ...pooled({ Subnet: '10.50.0.0/24', Gateway: '10.50.0.9', AuxiliaryAddresses: { nas: '10.50.0.9' } }),
    403,
    /^failed to allocate secondary ip address \(nas:10\.50\.0\.9\): Address already in use/,
  ],
  ...(['10.50.0.0', '10.50.0.255'] as const).flatMap((reserved) => [
    [
      ...pooled({ Subnet: '10.50.0.0/24', Gateway: reserved }),
      403,
      /^failed to allocate gateway \(10\.50\.0\.\d+\): Address already in use/,
    ] as const,
    [
      ...pooled({ Subnet: '10.50.0.0/24', AuxiliaryAddresses: { nas: reserved } }),
      403,
      /^failed to allocate secondary ip address \(nas:10\.50\.0\.\d+\): Address already in use/,
    ] as const,
  ]),
  [...pooled({ Subnet: '10.46.0.0/16' }), 403, overlaps],
  [...pooled({ Subnet: '10.46.0.128/25' }), 403, overlaps],
  [
    ...pooled({ Subnet: '10.46.0.0/24', IPRange: '10.46.0.128/25' }),
    403,
    /^cannot create network [0-9a-f]{64} \(br-[0-9a-f]{12}\): conflicts with network [0-9a-f]{64} \(br-[0-9a-f]{12}\): networks have overlapping IPv4$/,
  ],
  [
    ...create({ IPAM: { Config: [{ Subnet: '10.50.0.0/24' }, { Subnet: '10.51.0.0/24' }] } }),
    403,
    "bridge driver doesn't support multiple subnets",
  ],
  [
    ...pooled({ Subnet: 'fe80::/63' }, { EnableIPv6: true }),
    403,
    "'fe80::/63' clashes with the Link-Local prefix 'fe80::/64'",
  ],
  [...pooled({ Subnet: '0.0.0.0/4' }), 400, 'invalid address pool'],
  [...create({ IPAM: { Driver: 'null' } }), 400, 'ipv4 pool is empty'],
  // Options of bridges.
  [...bridgeOption('bridge.enable_icc', 'x'), 400, unparsed('bridge.enable_icc', 'x')],
  [...bridgeOption('bridge.enable_ip_masquerade', 'x'), 400, unparsed('bridge.enable_ip_masquerade', 'x')],
  [...bridgeOption('bridge.inhibit_ipv4', 'x'), 400, unparsed('bridge.inhibit_ipv4', 'x')],
  [...bridgeOption('bridge.host_binding_ipv4', 'x'), 400, unparsed('bridge.host_binding_ipv4', 'x')],
  [...bridgeOption('host_ipv4', 'x'), 400, unparsed('host_ipv4', 'x')],
  [...bridgeOption('host_ipv6', '10.0.0.1'), 400, unparsed('host_ipv6', '10.0.0.1')],
  [...bridgeOption('driver.mtu', 'x'), 400, unparsed('driver.mtu', 'x')],
  [
    ...bridgeOption('bridge.gateway_mode_ipv4', 'x'),
    400,
    'failed to parse com.docker.network.bridge.gateway_mode_ipv4 value: x (unknown gateway mode x)',
  ],
  [
    ...bridgeOption('bridge.gateway_mode_ipv6', 'y'),
    400,
    'failed to parse com.docker.network.bridge.gateway_mode_ipv6 value: y (unknown gateway mode y)',
  ],
  [
    ...bridgeOption('bridge.gateway_mode_ipv4', 'isolated'),
    500,
    "gateway mode 'isolated' can only be used for an internal network",
  ],
  [
    ...bridgeOption('bridge.name', 'docker0'),
    403,
    /^cannot create network [0-9a-f]{64} \(docker0\): conflicts with network [0-9a-f]{64} \(docker0\): networks have same bridge name$/,
  ],
  [...bridgeOption('bridge.name', 'eth0'), 409, /^existing interface eth0 is not a bridge/],
  [
    ...bridgeOption('advertise_addr_ms', '99'),
    400,
    'com.docker.network.advertise_addr_ms must be in the range 100 to 2000',
  ],
  [
    ...bridgeOption('advertise_addr_ms', 'nonsense'),
    400,
    'value for option com.docker.network.advertise_addr_ms "nonsense" must be integer milliseconds',
  ],
  [
    ...bridgeOption('advertise_addr_nmsgs', '4'),
    400,
    'com.docker.network.advertise_addr_nmsgs must be in the range 0 to 3',
  ],
  [
    ...bridgeOption('advertise_addr_nmsgs', 'x'),
    400,
    'value for option com.docker.network.advertise_addr_nmsgs "x" must be an integer',
  ],
  // Options of macvlan and ipvlan: Docker answers 500, and its texts end earlier.
  [
    ...child('macvlan', { parent: 'eth0', macvlan_mode: 'x' }),
    400,
    /^requested macvlan mode 'x' is not valid, 'bridge' mode is the macvlan driver default/,
  ],
  [...child('macvlan', { parent: 'lo' }), 400, 'loopback interface is not a valid macvlan parent link'],
  [...child('ipvlan', { parent: 'lo' }), 400, 'loopback interface is not a valid ipvlan parent link'],
  [...child('macvlan', { parent: 'nosuch' }), 400, /-o parent interface was not found on the host: nosuch$/],
  [...child('macvlan', { parent: 'eth0.5000' }), 400, /^vlan id must be between 1-4094, received: 5000/],
  [
    ...child('macvlan', { parent: 'eth0.1.2' }),
    400,
    /^required interface name format is: name\.vlan_id, ex\. eth0\.10 for vlan 10, instead received eth0\.1\.2/,
  ],
  [
    ...child('macvlan', { parent: 'eth0.x' }),
    400,
    /^unable to parse a valid vlan id from: x \(ex\. eth0\.10 for vlan 10\)/,
  ],
  [
    ...child('ipvlan', { parent: 'eth0', ipvlan_mode: 'x' }),
    400,
    /^requested ipvlan mode 'x' is not valid, 'l2' mode is the ipvlan driver default/,
  ],
  [
    ...child('macvlan', { parent: 'eth0', 'com.portolan.hostaccess': '1' }),
    400,
    'unknown option com.portolan.hostaccess: did you mean com.portolan.host_access?',
  ],
  // Look-up, lists and what is removed.
  ['GET', '/networks/bridge?verbose=x', undefined, 400, /^invalid value for verbose: x/],
  ['GET', '/networks/bridge?scope=global', undefined, 404, 'network bridge not found'],
  [...list({ name: ['('] }), 400, "invalid filter 'name=(': want a regular expression"],
  [...list({ type: ['builtin', 'x'] }), 400, "invalid filter: 'type'='x'"],
  ['DELETE', '/networks/bridge', undefined, 403, 'bridge is a pre-defined network and cannot be removed'],
  ['DELETE', '/networks/none', undefined, 403, 'none is a pre-defined network and cannot be removed'],
  ['DELETE', '/networks/setup', undefined, 403, /^configuration network "setup" is in use/],
];
