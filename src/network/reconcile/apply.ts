import { Cidr, hasCode } from '../../base/index.ts';
import type { Message } from '../../netlink/message.ts';
import { addressMessage, deleteAddressMessage } from '../../netlink/rt/address.ts';
import { addBridge, addVeth, findLink } from '../../netlink/rt/link.ts';
import { deleteLinkMessage, type LinkChange, setLinkMessage } from '../../netlink/rt/link-message.ts';
import { deleteRouteMessage, RTPROT_PORTOLAN, routeMessage } from '../../netlink/rt/route.ts';
import type { ObservedRoute } from '../plan/observed.ts';
import type { PlannedAddress, PlannedLink, PlannedSysctl } from '../plan/types.ts';
import type { Mark } from './mark.ts';
import type { Namespace } from './namespace.ts';
import type { LinkDifference, Operation } from './operations.ts';

type Deletion = Extract<Operation, { verb: 'delete-link' }>;
/** Steps that are one netlink message about a link that exists. */
type Told = Exclude<Operation, { verb: 'delete-link' | 'create-link' | 'write-sysctl' }>;

/**
 * Carries steps out, in order. What can be told of links by index goes out as one send for each run of steps in one
 * namespace. Stays on the main thread, and in one turn of the event loop, but for deleting links.
 */
export class Applier {
  readonly #open: (where: string) => Namespace;
  readonly #mark: Mark;
  #where: string | undefined;
  #pending: Message[] = [];
  readonly #indexes = new Map<string, number>();

  /** `open` answers the same object while this one is in use. */
  constructor(open: (where: string) => Namespace, mark: Mark) {
    this.#open = open;
    this.#mark = mark;
  }

  async apply(operations: readonly Operation[]): Promise<void> {
    for (const operation of operations) {
      if (operation.where !== this.#where) this.#flush();
      this.#where = operation.where;
      if (operation.verb === 'delete-link') await this.#deleteLink(operation);
      else this.#step(operation);
    }
    this.#flush();
  }

  #step(operation: Exclude<Operation, Deletion>): void {
    if (operation.verb === 'create-link' || operation.verb === 'write-sysctl') this.#flush();
    if (operation.verb === 'create-link') this.#createLink(this.#open(operation.where), operation.link);
    else if (operation.verb === 'write-sysctl') this.#writeSysctl(operation.where, operation.sysctl);
    else this.#queue(this.#message(operation));
  }

  #message(operation: Told): Message {
    switch (operation.verb) {
      case 'change-link':
        return setLinkMessage(this.#index(operation.link.name), this.#linkChange(operation));
      case 'announce':
        // A change of the hardware address, also to the same, makes the kernel tell the neighbours (arp_notify).
        return setLinkMessage(this.#index(operation.link.name), { mac: operation.link.mac });
      case 'add-address':
        return addressMessage(this.#address(operation.address));
      case 'delete-address':
        return deleteAddressMessage(this.#address(operation.address));
      case 'add-route':
        return routeMessage(this.#route(operation.route));
      case 'delete-route':
        return deleteRouteMessage({ ...this.#route(operation.route), protocol: RTPROT_PORTOLAN });
    }
  }

  #writeSysctl(where: string, { key, value }: PlannedSysctl): void {
    this.#open(where).writeSysctl(key, value);
  }

  #createLink(namespace: Namespace, link: PlannedLink): void {
    const common = {
      name: link.name,
      mac: link.mac,
      mtuBytes: link.mtu,
      up: true,
      alias: this.#mark.aliasOf(link.owner),
    };
    if (link.kind.type === 'bridge') {
      this.#remember(link.name, addBridge(namespace.route, common));
      return;
    }
    if (link.kind.type !== 'veth') throw new TypeError(`${link.name} is not made by itself`);
    const { peer, sandboxId } = link.kind;
    const index = addVeth(namespace.route, {
      ...common,
      masterIndex: link.master === undefined ? undefined : this.#index(link.master),
      port: link.isolated === true ? { isolated: true } : undefined,
      peer: { name: peer.name, mac: peer.mac, mtuBytes: link.mtu, netnsFd: this.#open(sandboxId).fd },
    });
    this.#remember(link.name, index);
  }

  #linkChange({ link, change }: { link: PlannedLink; change: LinkDifference }): LinkChange {
    return {
      up: change.up,
      mac: change.mac,
      mtuBytes: change.mtu,
      alias: change.alias && this.#mark.aliasOf(link.owner),
      masterIndex: change.master === undefined ? undefined : this.#index(change.master),
      port: change.isolated === undefined ? undefined : { isolated: change.isolated },
    };
  }

  /** Only what still carries our mark; what is gone already, with its namespace or its peer, is as wanted. */
  async #deleteLink({ where, name, owner }: Deletion): Promise<void> {
    this.#flush();
    this.#indexes.delete(`${where} ${name}`);
    const { route } = this.#open(where);
    const link = findLink(route, name);
    if (link === undefined || this.#mark.ownerOf(link.alias) !== owner) return;
    try {
      await route.requestAsync(deleteLinkMessage(link.index));
    } catch (error) {
      if (!hasCode(error, 'ENODEV')) throw error;
    }
  }

  #address({ link, cidr }: Pick<PlannedAddress, 'link' | 'cidr'>): Parameters<typeof addressMessage>[0] {
    const address = Cidr.parse(cidr);
    // The pool hands an address out once: asking the link whether somebody has it would only delay its use.
    return { linkIndex: this.#index(link), cidr: address, noDad: address.family === 6 ? true : undefined };
  }

  #route({ link, destination, via }: ObservedRoute): Parameters<typeof routeMessage>[0] {
    return { destination: Cidr.parse(destination), linkIndex: this.#index(link), gateway: via };
  }

  #index(name: string): number {
    const key = `${this.#where} ${name}`;
    const known = this.#indexes.get(key);
    if (known !== undefined) return known;
    this.#flush();
    const index = this.#open(this.#where!).indexOf(name);
    this.#remember(name, index);
    return index;
  }

  #remember(name: string, index: number): void {
    this.#indexes.set(`${this.#where} ${name}`, index);
  }

  /** Takes the finished message: finding an index, on the way to it, may have sent what was pending. */
  #queue(message: Message): void {
    this.#pending.push(message);
  }

  #flush(): void {
    if (this.#pending.length === 0) return;
    const messages = this.#pending;
    this.#pending = [];
    this.#open(this.#where!).route.batch(messages);
  }
}
