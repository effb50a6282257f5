import { image, privateMode, type Row, sharesAnother } from './row.ts';

const createWith = (more: object): [string, string, object] => [
  'POST',
  '/containers/create?name=refused',
  { Image: image, ...more },
];
const sharing = { HostConfig: { NetworkMode: 'container:runs' } };
const shared = (config: object, host: object = {}): [string, string, object] =>
  createWith({ ...config, HostConfig: { ...sharing.HostConfig, ...host } });
const atNetwork = (config: object, mode = 'shop', network = mode): [string, string, object] =>
  createWith({ HostConfig: { NetworkMode: mode }, NetworkingConfig: { EndpointsConfig: { [network]: config } } });

const invalidEndpoint = 'invalid config for network shop: invalid endpoint settings:\n';

export const containerRows: readonly Row[] = [
  [
    ...createWith({ HostConfig: { NetworkMode: 'container:' } }),
    400,
    'invalid network mode: invalid container format container:<name|id>',
  ],
  [
    ...createWith({ HostConfig: { NetworkMode: 'host', Links: ['runs:r'] } }),
    400,
    "conflicting options: host type networking can't be used with links. This would result in undefined behavior",
  ],
  [
    ...createWith({ Hostname: 'h', HostConfig: { UTSMode: 'host' } }),
    400,
    'conflicting options: hostname and the UTS mode',
  ],
  [...shared({ Hostname: 'h' }), 400, 'conflicting options: hostname and the network mode'],
  [
    ...shared({}, { Links: ['runs:r'] }),
    400,
    "conflicting options: container type network can't be used with links. This would result in undefined behavior",
  ],
  [...shared({}, { Dns: ['1.1.1.1'] }), 400, 'conflicting options: dns and the network mode'],
  [
    ...shared({}, { ExtraHosts: ['a:1.1.1.1'] }),
    400,
    'conflicting options: custom host-to-IP mapping and the network mode',
  ],
  [
    ...shared({}, { PortBindings: { '80/tcp': [{ HostPort: '8080' }] } }),
    400,
    'conflicting options: port publishing and the container type network mode',
  ],
  [
    ...shared({}, { PublishAllPorts: true }),
    400,
    'conflicting options: port publishing and the container type network mode',
  ],
  [
    ...shared({ ExposedPorts: { '80/tcp': {} } }),
    400,
    'conflicting options: port exposing and the container type network mode',
  ],
  [
    ...createWith({ HostConfig: { NetworkMode: 'container:nosuch' } }),
    400,
    'joining network namespace of container: No such container: nosuch',
  ],
  [...createWith({ HostConfig: { NetworkMode: 'nosuch' } }), 400, 'network nosuch not found'],
  [
    ...createWith({ HostConfig: { PortBindings: { '80/tcp': [{ HostPort: 'x' }] } } }),
    400,
    /^invalid port specification: "x"/,
  ],
  [
    ...createWith({ HostConfig: { PortBindings: { '80/tcp': [{ HostPort: '90-80' }] } } }),
    400,
    /^invalid port range: 90-80/,
  ],
  [
    ...atNetwork({ IPAMConfig: { IPv4Address: '172.17.0.9' } }, 'default', 'bridge'),
    400,
    'invalid config for network bridge: invalid endpoint settings:\nuser-specified IP address is supported on user-defined networks only',
  ],
  [
    ...atNetwork({ IPAMConfig: { IPv4Address: '10.48.0.2' } }),
    400,
    `${invalidEndpoint}no configured subnet contains IP address 10.48.0.2`,
  ],
  [
    ...atNetwork({ IPAMConfig: { IPv4Address: 'x', IPv6Address: 'y' } }),
    400,
    `${invalidEndpoint}invalid IPv4 address: x\ninvalid IPv6 address: y`,
  ],
  [...atNetwork({}, 'host', 'shop'), 400, sharesAnother],
  [...atNetwork({}, 'none', 'shop'), 400, privateMode],
  [
    'POST',
    '/v1.43/containers/create?name=refused',
    { Image: image, NetworkingConfig: { EndpointsConfig: { shop: {}, store: {} } } },
    400,
    'Container cannot be created with multiple network endpoints: shop, store',
  ],
  [
    'POST',
    '/v1.43/containers/create?name=refused',
    { Image: image, MacAddress: '02:42:ac:11:00:09', HostConfig: { NetworkMode: 'host' } },
    400,
    'conflicting options: mac-address and the network mode',
  ],
  [
    ...createWith({
      MacAddress: '02:42:ac:11:00:09',
      HostConfig: { NetworkMode: 'shop' },
      NetworkingConfig: { EndpointsConfig: { shop: { MacAddress: '02:42:ac:11:00:08' } } },
    }),
    400,
    'the container-wide MAC address must match the endpoint-specific MAC address for the main network, or be left empty',
  ],
  [
    ...createWith({ HostConfig: { Sysctls: { 'net.ipv6.conf.eth0.accept_ra': '2' } } }),
    400,
    /interface specific sysctl setting "net\.ipv6\.conf\.eth0\.accept_ra" must be supplied using driver option 'com\.docker\.network\.endpoint\.sysctls'/,
  ],
  [
    ...atNetwork({ IPAMConfig: { IPv4Address: '10.46.0.9', LinkLocalIPs: ['169.254.8.8', 'x'] } }),
    400,
    `${invalidEndpoint}invalid link-local IP address: x`,
  ],
  [
    ...atNetwork({ Aliases: ['x'] }, 'default', 'bridge'),
    400,
    /network-scoped aliases are only supported for user-defined networks$/,
  ],
  [
    ...createWith({ HostConfig: { NetworkMode: 'host', PortBindings: {}, Links: ['nosuch:r'] } }),
    400,
    /host type networking can't be used with links/,
  ],
  [
    'POST',
    '/containers/create?name=refused',
    {
      Image: image,
      MacAddress: '02:42:ac:11:00:09',
      HostConfig: { NetworkMode: 'made' },
      NetworkingConfig: { EndpointsConfig: { shop: {}, store: {} } },
    },
    400,
    /HostConfig\.NetworkMode must match the identity of a network in NetworkSettings\.Networks$/,
  ],
];
