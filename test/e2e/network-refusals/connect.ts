import { privateMode, type Row, sharesAnother } from './row.ts';

const connect = (network: string, Container: string, more: object = {}): [string, string, object] => [
  'POST',
  `/networks/${network}/connect`,
  { Container, ...more },
];
const wishes = (EndpointConfig: object): [string, string, object] => connect('store', 'runs', { EndpointConfig });
const option = (name: string, value: string): [string, string, object] =>
  wishes({ DriverOpts: { [`com.docker.network.${name}`]: value } });

const notConnected = /^container [0-9a-f]{64} is not connected to network store$/;
const notConnectedStopped = /^container [0-9a-f]{64} is not connected to the network store$/;
const represent = "represent 'net.X.Y.ethN.Z=V' as 'net.X.Y.IFNAME.Z=V', 'X' must be 'ipv4', 'ipv6' or 'mpls'";

export const connectRows: readonly Row[] = [
  [
    'POST',
    '/networks/shop/connect',
    '{invalid json',
    400,
    "invalid JSON: invalid character 'i' looking for beginning of object key string",
  ],
  ['POST', '/networks/shop/disconnect', '{} {}', 400, 'unexpected content after JSON'],
  [...connect('store', ''), 400, 'invalid name or ID supplied: ""'],
  ['POST', '/networks/store/disconnect', {}, 400, 'invalid name or ID supplied: ""'],
  [...connect('nosuch', 'nosuch'), 404, 'No such container: nosuch'],
  [...connect('nosuch', 'runs'), 404, 'network nosuch not found'],
  [...connect('store', 'nosuch'), 404, 'No such container: nosuch'],
  [...connect('shop', 'runs'), 403, 'endpoint with name runs already exists in network shop'],
  [
    ...connect('host', 'runs'),
    400,
    'cannot connect container to host network - container must be created in host network mode',
  ],
  [...connect('store', 'hosted'), 400, sharesAnother],
  [...connect('store', 'guest'), 400, sharesAnother],
  [...connect('store', 'lonely'), 400, privateMode],
  [...connect('none', 'runs'), 400, privateMode],
  [
    ...connect('bridge', 'runs', { EndpointConfig: { Aliases: ['x'] } }),
    400,
    'network-scoped aliases are only supported for user-defined networks',
  ],
  [
    ...connect('store', 'runs', { EndpointConfig: { IPAMConfig: { IPv4Address: '10.48.0.2' } } }),
    400,
    'invalid endpoint settings:\nno configured subnet contains IP address 10.48.0.2',
  ],
  [
    ...connect('store', 'runs', { EndpointConfig: { MacAddress: '01:00:5e:00:00:01' } }),
    400,
    "invalid MAC address 01:00:5e:00:00:01: a multicast address is no interface's",
  ],
  [
    ...connect('store', 'runs', { EndpointConfig: { MacAddress: '00:00:00:00:00:00' } }),
    400,
    "invalid MAC address 00:00:00:00:00:00: the address of zeros is no interface's",
  ],
  [
    ...connect('store', 'runs', { EndpointConfig: { IPAMConfig: { IPv4Address: 'nonsense' } } }),
    400,
    'invalid endpoint settings:\ninvalid IPv4 address: nonsense',
  ],
  [
    ...connect('store', 'runs', { EndpointConfig: { IPAMConfig: { IPv6Address: 'nonsense' } } }),
    400,
    'invalid endpoint settings:\ninvalid IPv6 address: nonsense',
  ],
  [
    ...connect('store', 'runs', { EndpointConfig: { IPAMConfig: { LinkLocalIPs: ['nonsense'] } } }),
    400,
    'invalid endpoint settings:\ninvalid link-local IP address: nonsense',
  ],
  [
    ...connect('store', 'runs', { EndpointConfig: { IPAMConfig: { LinkLocalIPs: ['10.47.0.9'] } } }),
    400,
    'invalid endpoint settings:\ninvalid link-local IP address: 10.47.0.9',
  ],
  ['POST', '/networks/store/disconnect', { Container: 'runs' }, 500, notConnected],
  ['POST', '/networks/store/disconnect', { Container: 'stopped' }, 500, notConnectedStopped],
  ['POST', '/networks/store/disconnect', { Container: 'nosuch' }, 404, 'No such container: nosuch'],
  [
    'POST',
    '/networks/host/disconnect',
    { Container: 'hosted' },
    400,
    'cannot disconnect container from host network - container was created in host network mode',
  ],
  [...connect('setup', 'stopped'), 403, 'cannot create endpoint on configuration-only network'],
  [
    ...wishes({ IPAMConfig: { IPv4Address: '10.47.0.1' } }),
    403,
    /^Address already in use: 10\.47\.0\.1 is the gateway/,
  ],
  [
    ...wishes({ IPAMConfig: { IPv4Address: 'fd00::5' } }),
    400,
    'invalid endpoint settings:\ninvalid IPv4 address: fd00::5',
  ],
  [
    ...wishes({ IPAMConfig: { IPv6Address: 'fd00::5' } }),
    400,
    'invalid endpoint settings:\nno configured subnet contains IP address fd00::5',
  ],
  [
    ...connect('bridge', 'runs', { EndpointConfig: { IPAMConfig: { IPv4Address: '172.17.0.9' } } }),
    400,
    'invalid endpoint settings:\nuser-specified IP address is supported on user-defined networks only',
  ],
  [
    ...wishes({ IPAMConfig: { LinkLocalIPs: ['fe80::8'] } }),
    400,
    'invalid endpoint settings:\ninvalid link-local IP address: fe80::8: network store has no IPv6',
  ],
  [...wishes({ MacAddress: '02:zz' }), 400, /02:zz/],
  [
    ...option('endpoint.sysctls', 'net.ipv4.conf.eth0.log_martians=1'),
    400,
    `invalid endpoint settings:\nunrecognised network interface sysctl 'net.ipv4.conf.eth0.log_martians=1'; ${represent}`,
  ],
  [
    ...option('endpoint.sysctls', 'net.core.conf.IFNAME.x=1'),
    400,
    `invalid endpoint settings:\nunrecognised network interface sysctl 'net.core.conf.IFNAME.x=1'; ${represent}`,
  ],
  [...option('endpoint.ifname', 'eth0'), 500, /^error renaming interface .*: file exists$/],
  [...option('endpoint.ifname', 'lo'), 500, 'error renaming interface to lo: file exists'],
  [...option('endpoint.ifname', 'a/b'), 400, /a\/b/],
];
