import type { EndpointRecord, NetworkRecord } from '../store/records.ts';
import type { Gateway } from './driver.ts';

/** An endpoint that could hold its sandbox's default route. */
export type Candidate = {
  readonly endpoint: EndpointRecord;
  readonly network: NetworkRecord;
  readonly gateway: Gateway | undefined;
};

/**
 * The endpoint that the default route and the published ports go through, in Docker's order: priority asked for,
 * gateways in both families before one, then the name of the network. None when no network leads out.
 */
export function chooseGateway(candidates: readonly Candidate[]): EndpointRecord | undefined {
  return candidates.filter(({ gateway }) => gateway !== undefined).sort(compare)[0]?.endpoint;
}

const compare = (a: Candidate, b: Candidate): number =>
  b.endpoint.request.gatewayPriority - a.endpoint.request.gatewayPriority ||
  families(b.gateway) - families(a.gateway) ||
  (a.network.name < b.network.name ? -1 : 1);

const families = (gateway: Gateway | undefined): number =>
  (gateway?.ipv4 === undefined ? 0 : 1) + (gateway?.ipv6 === undefined ? 0 : 1);
