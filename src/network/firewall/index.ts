export { Firewall, type FirewallOptions } from './firewall.ts';
export {
  elementsOfLink,
  elementsOfNetwork,
  elementsOfPorts,
  type GatewayMode,
  type LinkIntent,
  type NetworkIntent,
  type PortsIntent,
} from './intent.ts';
export { RecordingFirewall } from './recording.ts';
export type { AcceptedMark } from './ruleset.ts';
export type { FirewallChange, FirewallTable, NftRunner } from './types.ts';
