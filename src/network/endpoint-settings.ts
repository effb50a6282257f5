import { AppError, Cidr, isIp, parseIp, parseMac } from '../base/index.ts';
import type { EndpointRecord, EndpointRequest, NetworkRecord } from '../store/records.ts';
import { sysctlFaults } from './endpoint-options.ts';
import { AddressPool, hasAddresses } from './ipam/index.ts';
import { mixtureTexts } from './mixture-texts.ts';
import { isUserDefined } from './predefined.ts';

/** Refuses an attachment that Docker refuses, with its texts. `containerName` is of one whose sandbox is up. */
export function checkAttachment(
  network: NetworkRecord,
  request: EndpointRequest,
  existing: readonly { readonly endpoint: EndpointRecord; readonly network: NetworkRecord | undefined }[],
  containerName: string | undefined,
): void {
  if (containerName !== undefined) refuseTwice(network, existing, containerName);
  refuseMixture(
    network,
    existing.flatMap((one) => one.network ?? []).filter(({ id }) => id !== network.id),
  );
  checkEndpointSettings(network, request);
}

function refuseTwice(
  network: NetworkRecord,
  existing: readonly { readonly endpoint: EndpointRecord }[],
  containerName: string,
): void {
  if (!existing.some(({ endpoint }) => endpoint.networkId === network.id)) return;
  throw new AppError('forbidden', `endpoint with name ${containerName} already exists in network ${network.name}`);
}

/** `host` and `none` are a container's only network or none of them. */
function refuseMixture(network: NetworkRecord, others: readonly NetworkRecord[]): void {
  if (others.length === 0) return;
  if (network.driver === 'host') throw new AppError('invalid', mixtureTexts.host);
  if (others.some(({ driver }) => driver === 'host')) throw new AppError('invalid', mixtureTexts.shared);
  if (network.driver === 'null' || others.some(({ driver }) => driver === 'null')) {
    throw new AppError('invalid', mixtureTexts.none);
  }
}

/** What is wrong with what an attachment asks for, as Docker lists it. */
export function checkEndpointSettings(network: NetworkRecord, request: EndpointRequest): void {
  if (network.name === 'bridge' && request.aliases.length > 0) {
    const text = 'network-scoped aliases are only supported for user-defined networks';
    throw new AppError('invalid', text);
  }
  const wrong = [...addressFaults(network, request), ...linkLocalFaults(network, request), ...sysctlFaults(request)];
  if (wrong.length > 0) throw new AppError('invalid', `invalid endpoint settings:\n${wrong.join('\n')}`);
  if (request.mac !== undefined) checkMac(request.mac);
}

/** The kernel gives no interface an address of many (IEEE 802: the lowest bit of the first octet), nor none at all. */
function checkMac(mac: string): void {
  const bytes = parseMac(mac);
  const refuse = (why: string): never => {
    throw new AppError('invalid', `invalid MAC address ${mac}: ${why}`);
  };
  if ((bytes[0]! & 1) !== 0) refuse("a multicast address is no interface's");
  if (bytes.every((byte) => byte === 0)) refuse("the address of zeros is no interface's");
}

function addressFaults(network: NetworkRecord, { ipv4, ipv6 }: EndpointRequest): readonly string[] {
  const asked = [ipv4, ipv6].filter((address) => address !== undefined);
  if (asked.length === 0) return [];
  if (!isUserDefined(network)) return ['user-specified IP address is supported on user-defined networks only'];
  const wrong: string[] = [];
  if (ipv4 !== undefined && (!isIp(ipv4) || ipv4.includes(':'))) wrong.push(`invalid IPv4 address: ${ipv4}`);
  if (ipv6 !== undefined && (!isIp(ipv6) || !ipv6.includes(':'))) wrong.push(`invalid IPv6 address: ${ipv6}`);
  if (wrong.length > 0) return wrong;
  const pools = network.ipam.pools.filter(hasAddresses).map((pool) => new AddressPool(pool, network.name));
  return asked
    .filter((address) => !pools.some((pool) => pool.contains(address)))
    .map((address) => `no configured subnet contains IP address ${address}`);
}

function linkLocalFaults({ name, ipv6 }: NetworkRecord, { linkLocal }: EndpointRequest): readonly string[] {
  const fault = (address: string): string | undefined => {
    const range = linkLocalRanges.find((one) => isIp(address) && one.contains(parseIp(address)));
    if (range === undefined) return '';
    return range.family === 6 && !ipv6 ? `: network ${name} has no IPv6` : undefined;
  };
  return linkLocal.flatMap((address) => {
    const why = fault(address);
    return why === undefined ? [] : [`invalid link-local IP address: ${address}${why}`];
  });
}

/** RFC 3927; RFC 4291, 2.5.6. */
const linkLocalRanges = ['169.254.0.0/16', 'fe80::/10'].map((text) => Cidr.parse(text));

/** Refuses to take a container from its only possible network. */
export function checkDetachment(
  network: NetworkRecord,
  containerId: string,
  endpoint: EndpointRecord | undefined,
  isUp: boolean,
): void {
  if (endpoint === undefined) {
    const place = isUp ? 'network' : 'the network';
    throw new AppError('internal', `container ${containerId} is not connected to ${place} ${network.name}`);
  }
  if (network.driver === 'host') {
    const text = 'cannot disconnect container from host network - container was created in host network mode';
    throw new AppError('invalid', text);
  }
}
