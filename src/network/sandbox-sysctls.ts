import { writeFileSync } from 'node:fs';
import { inNetns } from '../syscall/netns.ts';

/**
 * What a fresh namespace is told before anything is in it. Everybody may ping and listen on any port, as in Docker; new
 * links have no IPv6 until their network asks for it; they announce their addresses when told to.
 */
const base: Readonly<Record<string, string>> = {
  'net.ipv4.ping_group_range': '0 2147483647',
  'net.ipv4.ip_unprivileged_port_start': '0',
  'net.ipv6.conf.default.disable_ipv6': '1',
  'net.ipv4.conf.default.arp_notify': '1',
};

/** `own`: what the user sets himself, later, through the runtime. */
export function writeBaseSysctls(netns: number, own: Readonly<Record<string, string>>): void {
  inNetns(netns, () => {
    for (const [key, value] of Object.entries(base)) {
      if (own[key] === undefined) writeFileSync(`/proc/sys/${key.replaceAll('.', '/')}`, value);
    }
  });
}
