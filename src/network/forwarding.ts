import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Namespace } from './reconcile/namespace.ts';
import type { NetworkOptions } from './types.ts';

const forwarding4 = 'net/ipv4/ip_forward';

/**
 * Makes the host forward, if it does not and may. Answers whether that was us, now or before in this run of the
 * machine: then the firewall has to drop what is forwarded between interfaces that are not ours.
 */
export function ensureForwarding(host: Namespace, options: NetworkOptions): boolean {
  // In the run directory, which a restart of the machine empties as it resets the sysctl.
  const mark = join(options.runDir, '.forwarding');
  if (host.readSysctl(forwarding4) !== '0') return existsSync(mark);
  if (!options.ipForward) {
    options.notice('IPv4 forwarding is disabled: containers reach nothing outside their networks');
    return false;
  }
  mkdirSync(options.runDir, { recursive: true });
  writeFileSync(mark, '');
  host.writeSysctl(forwarding4, '1');
  options.notice('turned on IPv4 forwarding (net.ipv4.ip_forward); what is not for containers is still not forwarded');
  return true;
}

/**
 * IPv6 is left to the administrator: turning it on makes the host ignore the router advertisements that it may live on.
 */
export function tellForwarding6(host: Namespace, options: NetworkOptions): void {
  if (host.readSysctl('net/ipv6/conf/all/forwarding') !== '0') return;
  options.notice(
    'IPv6 forwarding is disabled: containers reach nothing outside their networks over IPv6; set sysctl net.ipv6.conf.all.forwarding=1',
  );
}
