import type { Core } from './core.ts';
import type { DriverSettings } from './driver.ts';

/** Whether bridges show what they carry, of one family at least, to the packet filter: br_netfilter's. */
const filterKeys = ['iptables', 'ip6tables'].map((key) => `net/bridge/bridge-nf-call-${key}`);

type Sources = Pick<Core, 'options' | 'firewall' | 'wayOut'> & {
  readonly host: { readSysctl(key: string): string | undefined };
};

/** What bridge networks follow. The MTU and what bridges show are read at each plan: they may have become others. */
export const bridgeSettings = ({ options, host, firewall, wayOut }: Sources): DriverSettings => ({
  masquerade: options.ipMasquerade,
  directRouting: options.allowDirectRouting === true,
  get mtu() {
    return options.mtu ?? wayOut?.mtu;
  },
  get judgesFrames() {
    return firewall.judgesFrames;
  },
  get filtersFrames() {
    return filterKeys.some((key) => host.readSysctl(key) === '1');
  },
});
