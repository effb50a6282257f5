import { AppError, Cidr, formatIp, type Ip, isIp, parseIp } from '../base/index.ts';
import type { Pool } from '../store/records.ts';
import { gatewayKeys } from './drivers/bridge/index.ts';

/** What the daemon's flags say of the default network's addresses in one family, as texts. */
export type AddressingFlags = {
  /** `--bip`, `--bip6`: the bridge's own address with its prefix. */
  readonly bip?: string | undefined;
  /** `--fixed-cidr`, `--fixed-cidr-v6`: dynamic addresses come only from here. */
  readonly fixedCidr?: string | undefined;
  /** `--default-gateway`, `--default-gateway-v6`: where containers' default route leads, if not to the bridge. */
  readonly gateway?: string | undefined;
};

/** The bridge as it is: whose it is, and its addresses in this family, in the kernel's order. */
export type PresentBridge = {
  /** Made by the user (`--bridge`), who also gives it its addresses. */
  readonly foreign: boolean;
  readonly addresses: readonly Cidr[];
};

export type Addressing = {
  /** Undefined: nothing is said, a free block is to be chosen. `auxiliary` holds for that one too. */
  readonly pool?: Omit<Pool, 'automatic' | 'auxiliary'>;
  readonly auxiliary?: Pool['auxiliary'];
  readonly notices: readonly string[];
};

type Family = 4 | 6;

const names = {
  4: { bip: 'bip', fixedCidr: 'fixed-cidr', gateway: 'default-gateway' },
  6: { bip: 'bip6', fixedCidr: 'fixed-cidr-v6', gateway: 'default-gateway-v6' },
} as const;

/**
 * The addressing of the default network. The subnet is that of `--bip`; else of an address that the bridge has; else
 * `--fixed-cidr` itself. Throws `invalid` for what cannot be read or does not fit together.
 */
export function defaultAddressing(family: Family, flags: AddressingFlags, present: PresentBridge): Addressing {
  const range = flags.fixedCidr === undefined ? undefined : block(flags.fixedCidr, family, 'fixedCidr');
  const bip = flags.bip === undefined ? undefined : bridgeAddress(flags.bip, family);
  const address = bip ?? addressFor(range, present, family);
  const subnet = address?.network ?? range?.network;
  const auxiliary = gatewayOf(family, flags.gateway, subnet, address?.ip);
  const extra = auxiliary === undefined ? {} : { auxiliary };
  if (subnet === undefined) return { ...extra, notices: [] };
  const outside = range !== undefined && !within(range, subnet);
  if (outside && (family === 6 || !present.foreign || bip !== undefined))
    throw outsideError(family, flags, subnet, bip);
  const notices = outside
    ? [
        `${names[family].fixedCidr}=${flags.fixedCidr} is outside any subnet implied by addresses on the user-managed default bridge: ` +
          `addresses are taken from all of ${subnet}`,
      ]
    : [];
  const ipRange = range === undefined || outside ? {} : { ipRange: `${range.network}` };
  const gateway = formatIp(address?.ip ?? firstUsable(range ?? subnet, subnet));
  return { pool: { subnet: `${subnet}`, ...ipRange, gateway }, ...extra, notices };
}

/**
 * The address of the bridge that plays the part of `--bip`. On a bridge of the user's: one whose subnet holds the range,
 * else one within the range, else the first. On ours the address gives way where it does not go with the range, and
 * its subnet grows with it.
 */
function addressFor(range: Cidr | undefined, { foreign, addresses }: PresentBridge, family: Family): Cidr | undefined {
  const usable = family === 4 ? addresses : addresses.filter((one) => !isLinkLocal(one) || isLinkLocalRange(range));
  const [first] = usable;
  if (range === undefined || first === undefined) return first;
  const holding = usable.find((one) => one.network.contains(range.network.ip));
  const chosen = holding ?? usable.find((one) => range.contains(one.ip)) ?? first;
  if (foreign) return chosen;
  if (holding === undefined) return undefined;
  return range.prefix < chosen.prefix ? new Cidr(chosen.ip, range.prefix) : chosen;
}

const linkLocal = Cidr.parse('fe80::/64');
const isLinkLocal = ({ ip }: Cidr): boolean => linkLocal.contains(ip);
const isLinkLocalRange = (range: Cidr | undefined): boolean =>
  range !== undefined && linkLocal.contains(range.network.ip);

const within = (range: Cidr, subnet: Cidr): boolean =>
  subnet.contains(range.network.ip) && range.prefix >= subnet.prefix;

function block(text: string, family: Family, flag: 'bip' | 'fixedCidr'): Cidr {
  const name = names[family][flag];
  let parsed: Cidr;
  try {
    if (!text.includes('/')) throw new Error('no prefix');
    parsed = Cidr.parse(text);
  } catch {
    throw new AppError('invalid', `parse ${name} failed: invalid CIDR address: ${text}`);
  }
  if (parsed.family === family) return parsed;
  throw new AppError('invalid', `parse ${name} failed: invalid CIDR address: ${text}: not IPv${family}`);
}

function bridgeAddress(text: string, family: Family): Cidr {
  const address = block(text, family, 'bip');
  const lowest = address.size > 2n && address.ip.value === address.first;
  const highest = family === 4 && address.size > 2n && address.ip.value === address.last;
  if (!lowest && !highest) return address;
  const example = formatIp(firstUsable(address.network, address.network));
  throw new AppError(
    'invalid',
    `invalid --${names[family].bip} ${text}: want the address of the bridge with its prefix, as ${example}/${address.prefix}`,
  );
}

function gatewayOf(
  family: Family,
  text: string | undefined,
  subnet: Cidr | undefined,
  bridge: Ip | undefined,
): Pool['auxiliary'] {
  if (text === undefined) return undefined;
  const name = names[family].gateway;
  if (!isIp(text) || parseIp(text).family !== family) {
    throw new AppError('invalid', `invalid argument "${text}" for "--${name}" flag: ${text} is not an ip address`);
  }
  const gateway = parseIp(text);
  if (subnet !== undefined && !subnet.contains(gateway)) {
    throw new AppError(
      'invalid',
      `default gateway ip must be part of the network: --${name} ${text} is not in ${subnet}`,
    );
  }
  return gateway.value === bridge?.value ? undefined : { [gatewayKeys[family]]: formatIp(gateway) };
}

function outsideError(family: Family, flags: AddressingFlags, subnet: Cidr, bip: Cidr | undefined): AppError {
  const { fixedCidr } = names[family];
  const text =
    bip === undefined
      ? `${fixedCidr}=${flags.fixedCidr} is outside any subnet implied by addresses on the user-managed default bridge`
      : `${fixedCidr}=${flags.fixedCidr} is outside ${subnet}, the subnet of --${names[family].bip} ${flags.bip}`;
  return new AppError('invalid', text);
}

/** The first address that a host may have: the very first of a subnet is the network's. */
const firstUsable = (range: Cidr, subnet: Cidr): Ip =>
  range.at(range.first === subnet.first && subnet.size > 2n && range.size > 1n ? 1n : 0n);
