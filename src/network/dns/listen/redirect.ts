import { NftContext } from '../../../nftables/context.ts';
import { embeddedAddress } from '../files/resolv-conf.ts';

/**
 * Inside a sandbox, port 53 of 127.0.0.11 leads to the ports where the resolver listens: so a container may run a name
 * server of its own on 0.0.0.0:53. Done without connection tracking, by writing the port into the packet on its way
 * out and back: tracking would be switched on for all traffic of the sandbox, and the table fills in a burst of
 * queries. Replaces what an earlier engine left there.
 */
export function redirectPort53(netnsFd: number, ports: { readonly udp: number; readonly tcp: number }): void {
  using nft = NftContext.open(netnsFd);
  nft.run(redirectScript(ports));
}

export function redirectScript(ports: { readonly udp: number; readonly tcp: number }): string {
  const rules = (['udp', 'tcp'] as const).map(
    (l4) => `    ip daddr ${embeddedAddress} ${l4} dport 53 ${l4} dport set ${ports[l4]} notrack
    ip saddr ${embeddedAddress} ${l4} sport ${ports[l4]} ${l4} sport set 53 notrack`,
  );
  return `add table ip portolan-dns
delete table ip portolan-dns
table ip portolan-dns {
  chain output {
    type filter hook output priority raw; policy accept;
    oifname != "lo" accept
${rules.join('\n')}
  }
}
`;
}
