import type { Message } from '../../netlink/message.ts';
import { dummyMessage, ipvlanMessage, macvlanMessage, vlanMessage } from '../../netlink/rt/link-child.ts';
import { bridgeMessage, type LinkSpec, vethMessage } from '../../netlink/rt/link-message.ts';
import type { PlannedLink } from '../plan/types.ts';
import { host } from './operations.ts';

/** What a link's first message needs of others. */
export type Surroundings = {
  /** By which a link says that it is ours, before it can have an alias. */
  readonly birthGroup: number;
  /** Index of a link of the host. Throws SysError ENODEV. */
  indexOf(name: string): Promise<number>;
  /** Descriptor of a namespace; undefined for the host's when that is the process's own. */
  netnsOf(where: string): number | undefined;
};

/** The message that makes a link, to be sent in the host's namespace: in a sandbox's, it is born there. */
export async function birthMessage(
  where: string,
  link: PlannedLink,
  around: Surroundings,
  up: boolean,
): Promise<Message> {
  const { name, mac, mtu: mtuBytes, kind, master } = link;
  const common: LinkSpec = { name, mac, mtuBytes, up, group: around.birthGroup };
  switch (kind.type) {
    case 'bridge':
      return bridgeMessage(common);
    case 'dummy':
      return dummyMessage(common);
    case 'veth': {
      const masterIndex = master === undefined ? undefined : await around.indexOf(master);
      const netnsFd = around.netnsOf(kind.sandboxId);
      return vethMessage({ ...common, masterIndex, peer: { ...kind.peer, mtuBytes, netnsFd } });
    }
    case 'vlan':
      return vlanMessage({ ...common, linkIndex: await around.indexOf(kind.parent), vlanId: kind.id });
    case 'macvlan':
      return macvlanMessage({ ...common, ...(await place(where, kind.parent, around)), mode: kind.mode });
    case 'ipvlan': {
      const { parent, mode, flag } = kind;
      return ipvlanMessage({ ...common, ...(await place(where, parent, around)), mode, flag });
    }
    default:
      throw new TypeError(`${name} is not made by itself`);
  }
}

/** A child stands on its parent in the host's namespace and is born in its own. */
async function place(
  where: string,
  parent: string,
  around: Surroundings,
): Promise<{ readonly linkIndex: number; readonly netnsFd: number | undefined }> {
  return {
    linkIndex: await around.indexOf(parent),
    netnsFd: where === host ? undefined : around.netnsOf(where),
  };
}
