import { randomBytes } from 'node:crypto';
import { AppError, Cidr, formatIp, hasCode, SysError } from '../../base/index.ts';
import type { Message } from '../../netlink/message.ts';
import { type AddressSpec, addressMessage, deleteAddressMessage } from '../../netlink/rt/address.ts';
import { deleteLinkMessage, getLinkMessage, type LinkChange, setLinkMessage } from '../../netlink/rt/link-message.ts';
import { deleteRouteMessage, type RouteSpec, RTPROT_PORTOLAN, routeMessage } from '../../netlink/rt/route.ts';
import type { ObservedRoute } from '../plan/observed.ts';
import type { PlannedAddress, PlannedLink } from '../plan/types.ts';
import { birthMessage } from './birth.ts';
import { expectKind } from './kinds.ts';
import { LostLinks, linkThatMayFail } from './lost-links.ts';
import type { Mark } from './mark.ts';
import { moveIn, moveOut } from './moves.ts';
import type { Namespace } from './namespace.ts';
import { host, type LinkDifference, type Operation } from './operations.ts';
import { linkRefusal } from './refusals.ts';

type Deletion = Extract<Operation, { verb: 'delete-link' }>;
/** Steps that are one netlink message about a link that exists. */
type Told = Exclude<
  Operation,
  { verb: 'delete-link' | 'return-link' | 'create-link' | 'require-link' | 'write-sysctl' }
>;

/**
 * Carries steps out, in order. What is told of links that exist goes out as one send for each run of steps in one
 * namespace. All of it from the thread pool: a send takes 40 µs instead of 20 that way, but many milliseconds while the
 * kernel takes another namespace apart, and the main thread must not wait for that.
 */
export class Applier {
  readonly #open: (where: string) => Namespace;
  readonly #mark: Mark;
  readonly #indexes = new Map<string, number>();
  #where = '';
  #pending: Message[] = [];

  /** `open` answers the same object while this one is in use. */
  constructor(open: (where: string) => Namespace, mark: Mark) {
    this.#open = open;
    this.#mark = mark;
  }

  async apply(operations: readonly Operation[]): Promise<void> {
    for (const operation of operations) await this.#take(operation);
    await this.#flush();
  }

  /**
   * The same, but a link that cannot be made or has no parent fails alone, with what is to be done to it and to its
   * children: `failed` is told, and the others go on. Answers what was not done.
   */
  async applyPossible(
    operations: readonly Operation[],
    failed: (link: PlannedLink, error: Error) => void,
  ): Promise<ReadonlySet<Operation>> {
    const lost = new LostLinks();
    for (const operation of operations) {
      if (lost.concerns(operation)) continue;
      const link = linkThatMayFail(operation);
      if (link === undefined) {
        await this.#take(operation);
        continue;
      }
      await this.#flush();
      try {
        await this.#take(operation);
        await this.#flush();
      } catch (error) {
        if (!(error instanceof SysError || error instanceof AppError)) throw error;
        lost.add(operation, link.name);
        failed(link, error);
      }
    }
    await this.#flush();
    return lost.operations;
  }

  async #take(operation: Operation): Promise<void> {
    if (operation.where !== this.#where) await this.#flush();
    this.#where = operation.where;
    await this.#step(operation);
  }

  async #step(operation: Operation): Promise<void> {
    switch (operation.verb) {
      case 'create-link':
        await this.#flush();
        return this.#createLink(operation.link);
      case 'require-link':
        return this.#require(operation.link);
      case 'delete-link':
        await this.#flush();
        return this.#deleteLink(operation);
      case 'return-link':
        await this.#flush();
        this.#indexes.delete(`${this.#where} ${operation.guest.name}`);
        return moveOut(this.#open(host), this.#namespace, operation.guest, this.#mark);
      case 'write-sysctl':
        await this.#flush();
        return this.#namespace.writeSysctl(operation.sysctl.key, operation.sysctl.value);
      default: {
        // Finding an index, on the way to the messages, may send what was pending before them.
        const messages = await this.#messages(operation);
        this.#pending.push(...messages);
      }
    }
  }

  async #messages(operation: Told): Promise<readonly Message[]> {
    if (operation.verb === 'open-port') {
      const { name, master } = operation.link;
      // The bridge's own carrier comes with that of its first port.
      return [name, ...(master === undefined ? [] : [master])].map(getLinkMessage);
    }
    if (operation.verb !== 'change-link') return [await this.#message(operation)];
    const index = await this.#index(operation.link.name);
    const { port, ...change } = await this.#linkChange(operation);
    // A link becomes a port after the rest of its message was read: what is told of the port has to follow.
    return [setLinkMessage(index, change), ...(port === undefined ? [] : [setLinkMessage(index, { port })])];
  }

  async #message(operation: Exclude<Told, { verb: 'change-link' | 'open-port' }>): Promise<Message> {
    switch (operation.verb) {
      case 'announce':
        // A change of the hardware address, also to the same, makes the kernel tell the neighbours (arp_notify).
        return setLinkMessage(await this.#index(operation.link.name), { mac: operation.link.mac });
      case 'add-address':
        return addressMessage(await this.#address(operation.address));
      case 'delete-address':
        return deleteAddressMessage(await this.#address(operation.address));
      case 'add-route':
        return routeMessage(await this.#route(operation.route));
      case 'delete-route':
        return deleteRouteMessage({ ...(await this.#route(operation.route)), protocol: RTPROT_PORTOLAN });
    }
  }

  async #require({ name, kind, bears }: PlannedLink): Promise<void> {
    await this.#flush();
    if ((await this.#namespace.find(name)) !== undefined) return this.#expectKind(bears);
    throw new AppError('invalid', kind.type === 'foreign' ? kind.missing : `there is no link ${name}`);
  }

  /**
   * What can only be said of a link that exists follows in a second send: the first may be refused with EEXIST. Until
   * then its group says that it is ours.
   */
  async #createLink(link: PlannedLink): Promise<void> {
    if (link.kind.type === 'moved') return this.#moveIn(link);
    const { route } = this.#namespace;
    await this.#expectKind(link.bears);
    if (link.kind.type === 'vlan' && (await this.#isForeign(link.name))) return;
    await this.#bear(link);
    // One in mode passthru is born with its parent's address, whatever its first message says.
    const mac = link.kind.type === 'macvlan' && link.kind.mode === 'passthru' ? link.mac : undefined;
    try {
      const change = { ...this.#mark.of(link.owner), mac, port: portOptions(link) };
      await route.requestAsync(setLinkMessage(link.name, change));
    } catch (error) {
      await route.requestAsync(deleteLinkMessage(link.name));
      throw error;
    }
  }

  async #expectKind(kind: PlannedLink['bears']): Promise<void> {
    if (kind !== undefined) await expectKind(this.#namespace, kind);
  }

  async #moveIn(link: PlannedLink): Promise<void> {
    try {
      await moveIn(this.#open(host), this.#namespace, link, this.#mark);
    } catch (error) {
      throw (error instanceof SysError && linkRefusal(link, error)) || error;
    }
  }

  /** Whether somebody else has such a link, which is then used as it is. */
  async #isForeign(name: string): Promise<boolean> {
    const link = await this.#namespace.find(name);
    return link !== undefined && this.#mark.ownerOf(link) === undefined;
  }

  async #bear(link: PlannedLink): Promise<void> {
    const around = {
      birthGroup: this.#mark.birthGroup,
      indexOf: (name: string) => this.#index(name, host),
      netnsOf: (where: string) => this.#open(where).fd,
    };
    const bear = async (one: PlannedLink, up: boolean): Promise<void> => {
      await this.#open(host).route.requestAsync(await birthMessage(this.#where, one, around, up));
    };
    try {
      await bear(link, true).catch(async (error: unknown) => {
        if (!hasCode(error, 'EEXIST') || this.#where === host) throw error;
        await this.#bearRenamed(link, bear);
      });
    } catch (error) {
      throw (error instanceof SysError && linkRefusal(link, error)) || error;
    }
  }

  /**
   * Older kernels (6.1 does, 6.18 does not) look for the name of what is born in another namespace in that of the
   * request: no eth0 for a container on a host that has one. So it is born under a name that nobody has.
   */
  async #bearRenamed(link: PlannedLink, bear: (one: PlannedLink, up: boolean) => Promise<void>): Promise<void> {
    const { route } = this.#namespace;
    const name = `new${randomBytes(6).toString('hex')}`;
    await bear({ ...link, name }, false);
    const index = await this.#namespace.indexOf(name);
    try {
      await route.requestAsync(setLinkMessage(index, { name: link.name, up: true }));
    } catch (error) {
      await route.requestAsync(deleteLinkMessage(index));
      throw error;
    }
  }

  /** Only what still carries our mark; what is gone already, with its namespace or its peer, is as wanted. */
  async #deleteLink({ name, owner }: Deletion): Promise<void> {
    this.#indexes.delete(`${this.#where} ${name}`);
    const namespace = this.#namespace;
    const link = await namespace.find(name);
    if (link === undefined || this.#mark.ownerOf(link) !== owner) return;
    try {
      await namespace.deletions.requestAsync(deleteLinkMessage(link.index));
    } catch (error) {
      if (!hasCode(error, 'ENODEV')) throw error;
    }
  }

  async #linkChange({ link, change }: { link: PlannedLink; change: LinkDifference }): Promise<LinkChange> {
    return {
      up: change.up,
      mac: change.mac,
      mtuBytes: change.mtu,
      ...(change.alias === undefined
        ? {}
        : this.#mark.of(link.owner, link.kind.type === 'moved' ? link.kind.source : undefined)),
      masterIndex: change.master === undefined ? undefined : await this.#index(change.master),
      port: portOptions(change),
    };
  }

  async #address({ link, cidr }: Pick<PlannedAddress, 'link' | 'cidr'>): Promise<AddressSpec> {
    const address = Cidr.parse(cidr);
    // The pool hands an address out once: asking the link whether somebody has it would only delay its use.
    const linkIndex = await this.#index(link);
    if (address.family === 6) return { linkIndex, cidr: address, noDad: true };
    // A /31 or /32 has none (RFC 3021).
    const broadcast = address.size > 2n ? formatIp({ family: 4, value: address.last }) : undefined;
    return { linkIndex, cidr: address, broadcast };
  }

  async #route({ link, destination, via, source }: ObservedRoute): Promise<RouteSpec> {
    const linkIndex = await this.#index(link);
    return { destination: Cidr.parse(destination), linkIndex, gateway: via, preferredSource: source };
  }

  /** Throws SysError ENODEV. */
  async #index(name: string, where = this.#where): Promise<number> {
    const known = this.#indexes.get(`${where} ${name}`);
    if (known !== undefined) return known;
    await this.#flush();
    const index = await this.#open(where).indexOf(name);
    this.#indexes.set(`${where} ${name}`, index);
    return index;
  }

  async #flush(): Promise<void> {
    if (this.#pending.length === 0) return;
    const messages = this.#pending;
    this.#pending = [];
    const errors = await this.#namespace.route.batchResultsAsync(messages);
    const refused = errors.find((error) => error !== undefined && !isGoneAlready(error));
    if (refused !== undefined) throw refused;
  }

  get #namespace(): Namespace {
    return this.#open(this.#where);
  }
}

/** What was to be deleted is not there: as wanted. */
const isGoneAlready = ({ op, code }: SysError): boolean =>
  (op === 'RTM_DELROUTE' && code === 'ESRCH') || (op === 'RTM_DELADDR' && code === 'EADDRNOTAVAIL');

/** Options of a bridge port, if there are any. */
const portOptions = ({ isolated, hairpin }: Pick<LinkDifference, 'isolated' | 'hairpin'>): LinkChange['port'] =>
  isolated === undefined && hairpin === undefined ? undefined : { isolated, hairpin };
