import type { Message } from '../message.ts';
import type { Link } from './link.ts';
import { ipvlanAttrs, macvlanAttrs, vlanAttrs } from './link-attrs.ts';
import { type LinkSpec, linkMessage } from './link-message.ts';

/** MACVLAN_MODE_*, <linux/if_link.h>. */
const macvlanModes = { private: 1, vepa: 2, bridge: 4, passthru: 8 } as const;
/** IPVLAN_MODE_*, <linux/if_link.h>. */
const ipvlanModes = { l2: 0, l3: 1, l3s: 2 } as const;
/** IPVLAN_F_*, <linux/if_link.h>. */
const ipvlanFlags = { bridge: 0, private: 1, vepa: 2 } as const;

export type MacvlanMode = keyof typeof macvlanModes;
export type IpvlanMode = keyof typeof ipvlanModes;
export type IpvlanFlag = keyof typeof ipvlanFlags;

/** A link on top of another one, its parent, which is in the connection's namespace wherever the child is born. */
export type ChildSpec = LinkSpec & { readonly linkIndex: number };

export const macvlanMessage = ({ mode, ...spec }: ChildSpec & { readonly mode: MacvlanMode }): Message =>
  linkMessage({ ...spec, kind: 'macvlan', data: macvlanAttrs.encode({ mode: macvlanModes[mode] }) });

/** It has its parent's hardware address: one that is asked for is refused by the kernel. */
export const ipvlanMessage = ({
  mode,
  flag,
  ...spec
}: ChildSpec & { readonly mode: IpvlanMode; readonly flag: IpvlanFlag }): Message =>
  linkMessage({
    ...spec,
    kind: 'ipvlan',
    data: ipvlanAttrs.encode({ mode: ipvlanModes[mode], flags: ipvlanFlags[flag] }),
  });

/** 802.1Q: what leaves by it carries the number, 1 to 4094; what arrives at the parent with it arrives here. */
export const vlanMessage = ({ vlanId, ...spec }: ChildSpec & { readonly vlanId: number }): Message =>
  linkMessage({ ...spec, kind: 'vlan', data: vlanAttrs.encode({ id: vlanId }) });

/** A link that leads nowhere. */
export const dummyMessage = (spec: LinkSpec): Message => linkMessage({ ...spec, kind: 'dummy' });

/** How a link of these kinds works, as `childMode` of a plan says it: "bridge", "l2 private", "10". "" for others. */
export function modeOf({ kind, data }: Pick<Link, 'kind' | 'data'>): string {
  if (data === undefined) return '';
  if (kind === 'macvlan') return nameOf(macvlanModes, macvlanAttrs.decode(data).mode);
  if (kind === 'vlan') return `${vlanAttrs.decode(data).id ?? ''}`;
  if (kind !== 'ipvlan') return '';
  const { mode, flags } = ipvlanAttrs.decode(data);
  return `${nameOf(ipvlanModes, mode)} ${nameOf(ipvlanFlags, flags)}`;
}

const nameOf = (numbers: Readonly<Record<string, number>>, number: number | undefined): string =>
  Object.keys(numbers).find((name) => numbers[name] === number) ?? '';
