import * as v from 'valibot';
import { AppError, Cidr, formatIp, formatMac, isIp, parseIp, parseMac } from '../../../base/index.ts';
import type { NetworkRecord, PluginJoin } from '../../../store/records.ts';
import type { InterfaceSettings, Joined } from '../../external/driver.ts';
import { parseAnswer } from '../../plugins/index.ts';

/** Answers of the protocol, read into types. Each throws `internal` that says what is wrong, in Docker's words. */

const text = v.nullish(v.string(), '');
const refusal = v.object({ Err: text });

/** Throws what the plugin says is wrong. */
export function accepted(method: string, content: unknown): void {
  const { Err } = parseAnswer(refusal, method, content);
  if (Err !== '') throw new AppError('internal', `remote: ${Err}`);
}

const flag = v.nullish(v.boolean(), false);
const capabilities = v.object({ Scope: text, GwAllocChecker: flag });

export type Capabilities = {
  readonly scope: NetworkRecord['scope'];
  /** Whether GwAllocCheck is a method of it. */
  readonly checksGateways: boolean;
};

export function capabilitiesOf(method: string, content: unknown): Capabilities {
  const { Scope, GwAllocChecker: checksGateways } = parseAnswer(capabilities, method, content);
  const scope = Scope.toLowerCase();
  if (scope === 'local' || scope === 'global') return { scope, checksGateways };
  throw new AppError('internal', `invalid capability: expecting 'local' or 'global', got ${Scope}`);
}

const skipped = v.object({ SkipIPv4: flag, SkipIPv6: flag });

/** Families in which no gateway is to be taken. */
export function gatewaysSkipped(method: string, content: unknown): readonly (4 | 6)[] {
  const { SkipIPv4, SkipIPv6 } = parseAnswer(skipped, method, content);
  return [...(SkipIPv4 ? ([4] as const) : []), ...(SkipIPv6 ? ([6] as const) : [])];
}

const endpoint = v.object({ Interface: v.nullish(v.object({ Address: text, AddressIPv6: text, MacAddress: text })) });

/** What the plugin gives an endpoint; it may only fill in what the endpoint has not. */
export function settingsOf(method: string, content: unknown, has: InterfaceSettings): InterfaceSettings {
  const { Interface: given } = parseAnswer(endpoint, method, content);
  if (given === undefined || given === null) return {};
  return {
    ...filled('MAC address', 'MAC address', has.mac, given.MacAddress, mac),
    ...filled('address', 'IP', has.ipv4, given.Address, (address) => ({ ipv4: cidr(address, 4) })),
    ...filled('address', 'IPv6', has.ipv6, given.AddressIPv6, (address) => ({ ipv6: cidr(address, 6) })),
  };
}

function filled(
  what: string,
  field: string,
  had: string | undefined,
  given: string,
  read: (given: string) => InterfaceSettings,
): InterfaceSettings {
  if (given === '') return {};
  if (had === undefined || had === '') return read(given);
  const why = `endpoint interface ${field} present (${had}). Cannot be modified with ${given}.`;
  throw new AppError('internal', `driver modified interface ${what}: ${why}; rolled back`);
}

function mac(given: string): InterfaceSettings {
  try {
    return { mac: formatMac(parseMac(given)) };
  } catch (cause) {
    throw new AppError('internal', `address ${given}: invalid MAC address`, { cause });
  }
}

function cidr(given: string, family: 4 | 6): string {
  const parsed = readCidr(given);
  if (parsed?.family === family) return parsed.toString();
  throw new AppError('internal', `invalid CIDR address: ${given}`);
}

const join = v.object({
  InterfaceName: v.nullish(v.object({ SrcName: text, DstPrefix: text })),
  Gateway: text,
  GatewayIPv6: text,
  StaticRoutes: v.nullish(
    v.array(v.object({ Destination: text, RouteType: v.nullish(v.number(), 0), NextHop: text })),
    [],
  ),
});
type StaticRoute = v.InferOutput<typeof join>['StaticRoutes'] extends readonly (infer T)[] ? T : never;

/** As the kernel takes them: no space, slash or colon, at most 15 bytes. */
const interfaceName = /^(?!\.{1,2}$)[^\s/:]{1,15}$/;

export function joinedOf(method: string, content: unknown): Joined {
  const answer = parseAnswer(join, method, content);
  const { SrcName: source = '', DstPrefix: prefix = '' } = answer.InterfaceName ?? {};
  for (const name of [source, prefix]) {
    if (name !== '' && !interfaceName.test(name)) throw new AppError('internal', `invalid interface name "${name}"`);
  }
  const joined: PluginJoin = {
    ...(source === '' ? {} : { source }),
    ...(answer.Gateway === '' ? {} : { gateway4: gateway('Gateway', answer.Gateway) }),
    ...(answer.GatewayIPv6 === '' ? {} : { gateway6: gateway('GatewayIPv6', answer.GatewayIPv6) }),
    routes: answer.StaticRoutes.map(route),
  };
  return { join: joined, prefix: prefix === '' ? 'eth' : prefix };
}

function gateway(field: string, given: string): string {
  if (isIp(given)) return formatIp(parseIp(given));
  throw new AppError('internal', `unable to parse ${field} "${given}"`);
}

/** libnetwork's route types: 0 by a next hop, 1 on the link. */
const connected = 1;

function route({ Destination, RouteType, NextHop }: StaticRoute): PluginJoin['routes'][number] {
  const destination = readCidr(Destination)?.network.toString();
  if (destination === undefined) throw new AppError('internal', `failed to parse CIDR "${Destination}"`);
  if (RouteType === connected) return { destination };
  if (!isIp(NextHop)) throw new AppError('internal', `failed to parse nexthop IP "${NextHop}"`);
  return { destination, via: formatIp(parseIp(NextHop)) };
}

function readCidr(given: string): Cidr | undefined {
  try {
    return Cidr.parse(given);
  } catch {
    return undefined;
  }
}
