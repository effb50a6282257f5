import type { EndpointRecord, NetworkRecord, SandboxRecord } from '../store/records.ts';
import type { Gateway } from './driver.ts';

/** An endpoint that could hold its sandbox's default route. */
export type Candidate = {
  readonly endpoint: EndpointRecord;
  readonly network: NetworkRecord;
  readonly gateway: Gateway | undefined;
};

/** The endpoints that a sandbox's default routes and published ports go through; the same one for both families or not. */
export type Gateways = { readonly ipv4?: EndpointRecord; readonly ipv6?: EndpointRecord };

/**
 * For each family the first endpoint that has a gateway in it, in Docker's order: priority asked for, gateways in both
 * families before one, then the name of the network. None when no network leads out.
 */
export function chooseGateways(candidates: readonly Candidate[]): Gateways {
  const sorted = candidates.filter(({ gateway }) => gateway !== undefined).sort(compare);
  const ipv4 = sorted.find(({ gateway }) => gateway?.ipv4 !== undefined)?.endpoint;
  const ipv6 = sorted.find(({ gateway }) => gateway?.ipv6 !== undefined)?.endpoint;
  return { ...(ipv4 === undefined ? {} : { ipv4 }), ...(ipv6 === undefined ? {} : { ipv6 }) };
}

/** As a sandbox's record keeps them. */
export const gatewayIds = ({
  ipv4,
  ipv6,
}: Gateways): Pick<SandboxRecord, 'gatewayEndpointId' | 'gateway6EndpointId'> => ({
  ...(ipv4 === undefined ? {} : { gatewayEndpointId: ipv4.id }),
  ...(ipv6 === undefined ? {} : { gateway6EndpointId: ipv6.id }),
});

const compare = (a: Candidate, b: Candidate): number =>
  b.endpoint.request.gatewayPriority - a.endpoint.request.gatewayPriority ||
  families(b.gateway) - families(a.gateway) ||
  (a.network.name < b.network.name ? -1 : 1);

const families = (gateway: Gateway | undefined): number =>
  (gateway?.ipv4 === undefined ? 0 : 1) + (gateway?.ipv6 === undefined ? 0 : 1);
