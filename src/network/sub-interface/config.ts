import { AppError, isIp, shortId } from '../../base/index.ts';
import type { NetworkRecord } from '../../store/records.ts';
import { booleanOption, mtuOption, refused } from '../drivers/options.ts';
import type { ChildKind, Family, Options } from './family.ts';
import { type Parent, parseParent } from './parent.ts';

/** Options that both drivers read, as the API spells them; ours begin with com.portolan. */
export const childOptions = {
  parent: 'parent',
  mtu: 'com.docker.network.driver.mtu',
  hostAccess: 'com.portolan.host_access',
  hostAddress: 'com.portolan.host_address',
} as const;

/** The name under which a pool keeps the host's own address, and inspect shows it. */
export const hostAddressName = 'com.portolan.host';

export type ChildConfig = {
  readonly parent: Parent;
  readonly kind: ChildKind;
  /** Bytes; undefined for the parent's. */
  readonly mtu: number | undefined;
  /** Name of the host's own child; undefined where the host does not reach the containers. */
  readonly shim: string | undefined;
  /** Addresses that the host's child was asked to have. */
  readonly hostAddresses: readonly string[];
};

/** Reads the options of a record. Throws Docker's `invalid` for a value that cannot be read. */
export function childConfig(family: Family, { id, options }: Pick<NetworkRecord, 'id' | 'options'>): ChildConfig {
  const parent = parentOf(family, id, options);
  const hostAddresses = addresses(options);
  const hostAccess = booleanOption(options, childOptions.hostAccess, hostAddresses.length > 0);
  return {
    parent,
    kind: family.kindOn(parent.name, options),
    mtu: mtuOption(options, childOptions.mtu),
    shim: hostAccess ? `${family.shimPrefix}-${shortId(id)}` : undefined,
    hostAddresses,
  };
}

function parentOf(family: Family, id: string, options: Options): Parent {
  const name = options[childOptions.parent] ?? '';
  if (name === '') return { type: 'dummy', name: `${family.dummyPrefix}-${shortId(id)}` };
  if (name === 'lo') {
    throw new AppError('invalid', `loopback interface is not a valid ${family.name} parent link`);
  }
  const parent = parseParent(name);
  // Longer than any link is called (IFNAMSIZ with its final zero, <linux/if.h>): the kernel need not be asked.
  if (Buffer.byteLength(name) <= 15) return parent;
  throw new AppError(
    'invalid',
    `-o parent interface was not found on the host: ${name}: a link name has 1 to 15 bytes`,
  );
}

function addresses(options: Options): readonly string[] {
  const text = options[childOptions.hostAddress] ?? '';
  if (text === '') return [];
  const list = text.split(',').map((address) => address.trim());
  if (list.every(isIp)) return list;
  throw refused(childOptions.hostAddress, text, 'want addresses without prefix, with commas between them');
}
