export type { AcceptedMark } from './chains.ts';
export { Firewall, type FirewallOptions } from './firewall.ts';
export {
  elementOfMember,
  elementsOfLink,
  elementsOfNetwork,
  elementsOfPorts,
  type GatewayMode,
  type LinkIntent,
  type NetworkIntent,
  type PortsIntent,
} from './intent.ts';
export { RecordingFirewall } from './recording.ts';
export type { FirewallChange, FirewallTable, NftRunner } from './types.ts';
