import { execFileSync } from 'node:child_process';
import type { Body, State } from './state.ts';

const ip = (words: string): void => {
  execFileSync('ip', words.split(' '), { stdio: ['ignore', 'ignore', 'pipe'] });
};

const stateless: Record<string, (body: Body) => object> = {
  'NetworkDriver.GetCapabilities': () => ({ Scope: 'local', ConnectivityScope: 'local', GwAllocChecker: true }),
  'NetworkDriver.GwAllocCheck': ({ Options }) => ({
    SkipIPv4: Options['com.docker.network.generic']?.gateway === 'skip',
  }),
  'NetworkDriver.EndpointOperInfo': () => ({ Value: {} }),
};

/** The NetworkDriver half: a bridge that has the gateway's address, and a veth pair for each endpoint. */
export function networks(state: State): Record<string, (body: Body) => object> {
  const refuse = (networkId: string, method: string): void => {
    const network = state.networks[networkId];
    if (network === undefined) throw new Error(`network ${networkId} is not known to the plugin`);
    if (network.options['fail'] === method) throw new Error(`${method} fails as asked`);
  };
  const dropEndpoint = (id: string): void => {
    const endpoint = state.endpoints[id];
    if (endpoint === undefined) throw new Error(`endpoint ${id} is not known to the plugin`);
    // Only what was given back can be taken away: an engine that kept it would fail here.
    ip(`link del ${endpoint.inner}`);
    delete state.endpoints[id];
  };
  return {
    ...stateless,
    'NetworkDriver.CreateNetwork': ({ NetworkID: id, Options, IPv4Data: [pool] }) => {
      const options = (Options['com.docker.network.generic'] ?? {}) as Record<string, string>;
      const bridge = `plug${id.slice(0, 8)}`;
      if (options['fail'] === 'CreateNetwork') throw new Error('CreateNetwork fails as asked');
      ip(`link add ${bridge} type bridge`);
      if (pool?.Gateway) ip(`address add ${pool.Gateway} dev ${bridge}`);
      ip(`link set ${bridge} up`);
      state.networks[id] = { bridge, options, gateway: (pool?.Gateway ?? '').split('/')[0] };
      return {};
    },
    'NetworkDriver.DeleteNetwork': ({ NetworkID: id }) => {
      const network = state.networks[id];
      if (network === undefined) throw new Error(`network ${id} is not known to the plugin`);
      ip(`link del ${network.bridge}`);
      delete state.networks[id];
      return {};
    },
    'NetworkDriver.CreateEndpoint': ({ NetworkID: network, EndpointID: id, Interface }) => {
      refuse(network, 'CreateEndpoint');
      const [outer, inner] = [`po${id.slice(0, 8)}`, `pi${id.slice(0, 8)}`];
      ip(`link add ${outer} type veth peer name ${inner}`);
      ip(`link set ${outer} master ${state.networks[network]!.bridge} up`);
      state.endpoints[id] = { network, outer, inner, address: Interface.Address };
      const mac = `0a:77:${id.slice(0, 8).replace(/..(?=.)/g, '$&:')}`;
      return Interface.MacAddress ? { Interface: {} } : { Interface: { MacAddress: mac } };
    },
    'NetworkDriver.DeleteEndpoint': ({ NetworkID: network, EndpointID: id }) => {
      refuse(network, 'DeleteEndpoint');
      dropEndpoint(id);
      return {};
    },
    'NetworkDriver.Join': ({ NetworkID: network, EndpointID: id }) => {
      refuse(network, 'Join');
      const { gateway, options } = state.networks[network]!;
      return {
        InterfaceName: { SrcName: state.endpoints[id]!.inner, DstPrefix: options['prefix'] ?? 'eth' },
        ...(options['way_out'] === 'none' || options['way_out'] === 'closed' ? {} : { Gateway: gateway }),
        ...(options['way_out'] === 'closed' ? { DisableGatewayService: true } : {}),
        StaticRoutes: [{ Destination: '198.51.100.0/24', RouteType: 1 }],
      };
    },
    'NetworkDriver.Leave': ({ NetworkID: network }) => {
      refuse(network, 'Leave');
      return {};
    },
    'NetworkDriver.ProgramExternalConnectivity': ({ NetworkID: network }) => {
      refuse(network, 'ProgramExternalConnectivity');
      return {};
    },
  };
}
