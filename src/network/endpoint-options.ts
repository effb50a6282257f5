import type { EndpointRequest } from '../store/records.ts';
import type { JoinedEndpoint } from './driver.ts';
import { announcementsOf } from './network-options.ts';
import type { NamespacePlan, Plan, PlannedSysctl } from './plan/types.ts';

/** Values of an endpoint's interface, "net.ipv4.conf.IFNAME.log_martians=1,…"; of every driver. */
export const endpointSysctls = 'com.docker.network.endpoint.sysctls';

/** One value, its interface left open. */
type InterfaceSysctl = { readonly net: string; readonly area: string; readonly name: string; readonly value: string };

/**
 * The docker command line writes option values in lower case. The name ends at the first "=", and is no path: a slash
 * or dots would lead out of the interface's own folder.
 */
const pattern = /^net\.(ipv4|ipv6|mpls)\.([a-z]+)\.(?:IFNAME|ifname)\.(\w+)=([^\n\0]+)$/;

/** What is wrong with them, in Docker's words; nothing if they can be read. */
export const sysctlFaults = ({ driverOptions }: Pick<EndpointRequest, 'driverOptions'>): readonly string[] =>
  split(driverOptions)
    .filter((text) => !pattern.test(text))
    .map((text) =>
      pattern.test(`${text}=0`)
        ? `expected sysctl '${text}' to have format name=value`
        : `unrecognised network interface sysctl '${text}'; represent 'net.X.Y.ethN.Z=V' as 'net.X.Y.IFNAME.Z=V', 'X' must be 'ipv4', 'ipv6' or 'mpls'`,
    );

/** A driver's plan of an endpoint, with what an endpoint of any driver may ask for. */
export function withEndpointOptions(plan: Plan, { network, endpoint, lease, sandbox }: JoinedEndpoint): Plan {
  const inside = plan.sandboxes.get(sandbox.id);
  if (inside === undefined) return plan;
  const announcements = announcementsOf(network.options);
  const links = inside.links.map((link) => (link.name === lease.interface ? { ...link, announcements } : link));
  const asked = sysctlsOf(endpoint.request, lease.interface, `endpoint:${endpoint.id}`);
  const sysctls = withAsked(inside.sysctls, asked);
  const namespace: NamespacePlan = { ...inside, links, sysctls };
  return { ...plan, sandboxes: new Map([...plan.sandboxes, [sandbox.id, namespace]]) };
}

function sysctlsOf({ driverOptions }: EndpointRequest, link: string, owner: string): readonly PlannedSysctl[] {
  return split(driverOptions)
    .flatMap((text) => parse(text) ?? [])
    .map(({ net, area, name, value }) => ({ key: `net/${net}/${area}/${link}/${name}`, value, owner }));
}

/** What the user asks for stands in the place of what the driver would have written: one value for a key. */
function withAsked(own: readonly PlannedSysctl[], asked: readonly PlannedSysctl[]): readonly PlannedSysctl[] {
  if (asked.length === 0) return own;
  return [...new Map([...own, ...asked].map((sysctl) => [sysctl.key, sysctl])).values()];
}

function parse(text: string): InterfaceSysctl | undefined {
  const [, net = '', area = '', name = '', value = ''] = pattern.exec(text) ?? [];
  return net === '' ? undefined : { net, area, name, value };
}

const split = (options: EndpointRequest['driverOptions']): readonly string[] =>
  (options[endpointSysctls] ?? '') === '' ? [] : options[endpointSysctls]!.split(',');
