import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listLinks } from '../netlink/rt/link.ts';
import type { FirewallTable } from './firewall/index.ts';
import type { Namespace } from './reconcile/namespace.ts';
import { mainRoutes } from './reconcile/routes.ts';
import type { NetworkOptions } from './types.ts';

type Family = 4 | 6;
const families: readonly Family[] = [4, 6];

const sysctls = { 4: 'net/ipv4/ip_forward', 6: 'net/ipv6/conf/all/forwarding' } as const;

/** Routes that the kernel took from a router advertisement (RTPROT_RA, <linux/rtnetlink.h>). */
const protocolRa = 9;

/**
 * Makes the host forward for containers: turns it on where it is off and may be, and then guards what is forwarded
 * between interfaces that are not ours. That it was us is remembered in the run directory, which a restart of the
 * machine empties as it resets the sysctls.
 */
export class Forwarding {
  readonly #host: Namespace;
  readonly #options: NetworkOptions;
  readonly #said = new Set<Family>();

  constructor(host: Namespace, options: NetworkOptions) {
    this.#host = host;
    this.#options = options;
  }

  /** Families that were turned on by us, now or before in this run of the machine, and are to be guarded. */
  guarded(): readonly Family[] {
    if (this.#options.ipForwardNoDrop === true) return [];
    return families.filter((family) => existsSync(this.#mark(family)) && this.#isOn(family));
  }

  /** Says once for each family what was done, or what keeps it from being done. Safe to repeat. */
  ensure(family: Family, firewall: FirewallTable): void {
    if (this.#isOn(family)) return;
    const obstacle = this.#options.ipForward ? this.#obstacle(family) : '';
    if (obstacle !== undefined) {
      this.#say(family, `IPv${family} forwarding is disabled: ${lost(family)}${obstacle}`);
      return;
    }
    this.#turnOn(family, firewall);
  }

  /** The guard stands before the door is open. */
  #turnOn(family: Family, firewall: FirewallTable): void {
    const { runDir, ipForwardNoDrop, notice } = this.#options;
    mkdirSync(runDir, { recursive: true });
    writeFileSync(this.#mark(family), '');
    if (ipForwardNoDrop !== true) firewall.guard(family);
    try {
      this.#host.writeSysctl(sysctls[family], '1');
    } catch (error) {
      rmSync(this.#mark(family), { force: true });
      this.#say(family, `IPv${family} forwarding is disabled and cannot be turned on (${error}): ${lost(family)}`);
      return;
    }
    const rest =
      ipForwardNoDrop === true
        ? 'between all interfaces (--ip-forward-no-drop)'
        : 'what is not for containers is still not forwarded';
    notice(`turned on IPv${family} forwarding (${sysctls[family].replaceAll('/', '.')}); ${rest}`);
    this.#said.add(family);
  }

  /**
   * A host that forwards IPv6 no longer heeds router advertisements, and drops the routes it has from them at once,
   * unless accept_ra is 2 (Documentation/networking/ip-sysctl). To lose the host's own way out for a container's is
   * no bargain, and accept_ra of an interface that is not ours is not ours to change.
   */
  #obstacle(family: Family): string | undefined {
    if (family === 4) return undefined;
    if (!this.#exists(6)) return '; this host has no IPv6';
    const fed = this.#interfacesFedByRouters();
    if (fed.length === 0) return undefined;
    const cure = fed.map((name) => `net.ipv6.conf.${name}.accept_ra=2`).join(' ');
    return (
      `; it stays so, since this host has its own IPv6 routes from router advertisements on ${fed.join(', ')}, ` +
      `which the kernel drops when it forwards: set sysctl ${cure} first, then net.ipv6.conf.all.forwarding=1`
    );
  }

  #interfacesFedByRouters(): readonly string[] {
    const { route } = this.#host;
    const indexes = new Set(
      mainRoutes(route, { family: 6 })
        .filter(({ protocol }) => protocol === protocolRa)
        .map(({ linkIndex }) => linkIndex),
    );
    if (indexes.size === 0) return [];
    return listLinks(route)
      .filter(({ index }) => indexes.has(index))
      .map(({ name }) => name)
      .filter((name) => this.#host.readSysctl(`net/ipv6/conf/${name}/accept_ra`) !== '2');
  }

  #say(family: Family, message: string): void {
    if (this.#said.has(family)) return;
    this.#said.add(family);
    this.#options.notice(message);
  }

  #exists = (family: Family): boolean => this.#host.readSysctl(sysctls[family]) !== undefined;
  #isOn = (family: Family): boolean => this.#exists(family) && this.#host.readSysctl(sysctls[family]) !== '0';

  #mark(family: Family): string {
    return join(this.#options.runDir, family === 4 ? '.forwarding' : '.forwarding6');
  }
}

const lost = (family: Family): string =>
  `containers reach nothing outside their networks${family === 4 ? '' : ' over IPv6'}`;
