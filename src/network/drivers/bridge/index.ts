import type { Driver, DriverSettings } from '../../driver.ts';
import { wantedInterface } from '../interface-name.ts';
import { checkBridgeNetwork } from './check.ts';
import { bridgeConfig, bridgeWithoutGateway, unknownOptions } from './options.ts';
import { bridgeGateway, planBridgeEndpoint, planBridgeNetwork } from './plan.ts';

export { bridgeOptions, gatewayKeys } from './options.ts';

/** A Linux bridge for each network, a veth pair for each endpoint. */
export const bridgeDriver = (settings: DriverSettings): Driver => ({
  name: 'bridge',
  singleton: false,
  addressed: true,
  check: checkBridgeNetwork,
  warnings: (network) => unknownOptions(network.options),
  withoutGateway: bridgeWithoutGateway,
  planNetwork: (network) => planBridgeNetwork(network, settings),
  planEndpoint: (joined) => planBridgeEndpoint(joined, settings),
  gateway: bridgeGateway,
  hostBinding: (network) => bridgeConfig(network).hostBinding,
  translates: (network, family) => {
    const { mode4, mode6 } = bridgeConfig(network);
    return family === 4 ? network.ipv4 && mode4 !== 'routed' : network.ipv6 && mode6 !== 'routed';
  },
  interfaceName: (network, { driverOptions }) => ({
    prefix: bridgeConfig(network).interfacePrefix,
    wanted: wantedInterface(driverOptions),
  }),
});
