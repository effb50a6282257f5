import type { Requested } from '../../client/index.ts';
import type { NetworkCreateBody } from '../../contract/index.ts';
import { ipamConfig } from '../create/ipam.ts';
import { labels, type Pair, readMap } from '../create/lists.ts';
import { command } from '../parse/command.ts';
import { each, list, text, toggle } from '../parse/flag.ts';

/** Several values in one word, as docker allows: "10.0.0.0/24,10.1.0.0/24". */
const words = (given: readonly string[]): readonly string[] => given.flatMap((one) => one.split(','));

export const networkCreate = command({
  usage: '[OPTIONS] NETWORK',
  summary: 'Create a network',
  operands: { least: 1, most: 1 },
  flags: {
    attachable: toggle('--attachable', 'Enable manual container attachment'),
    auxAddress: each('--aux-address <map>', 'Auxiliary IPv4 or IPv6 addresses used by Network driver', readMap),
    configFrom: text('--config-from <string>', 'The network from which to copy the configuration'),
    configOnly: toggle('--config-only', 'Create a configuration only network'),
    driver: text('-d, --driver <string>', 'Driver to manage the Network', 'bridge'),
    gateway: list('--gateway <strings>', 'IPv4 or IPv6 Gateway for the master subnet'),
    ingress: toggle('--ingress', 'Create swarm routing-mesh network'),
    internal: toggle('--internal', 'Restrict external access to the network'),
    ipRange: list('--ip-range <strings>', 'Allocate container ip from a sub-range'),
    ipamDriver: text('--ipam-driver <string>', 'IP Address Management Driver', 'default'),
    ipamOpt: each('--ipam-opt <map>', 'Set IPAM driver specific options', readMap),
    ipv4: toggle('--ipv4', 'Enable or disable IPv4 address assignment', true),
    ipv6: toggle('--ipv6', 'Enable or disable IPv6 address assignment'),
    label: list('--label <list>', 'Set metadata on a network'),
    opt: each('-o, --opt <map>', 'Set driver specific options', readMap),
    scope: text('--scope <string>', "Control the network's scope"),
    subnet: list('--subnet <strings>', 'Subnet in CIDR format that represents a network segment'),
  },
  async run(context, [name = ''], values) {
    const body: Requested<NetworkCreateBody> = {
      Name: name,
      Driver: values.driver,
      Scope: values.scope,
      Internal: values.internal,
      Attachable: values.attachable,
      Ingress: values.ingress,
      ConfigOnly: values.configOnly,
      ConfigFrom: values.configFrom === '' ? null : { Network: values.configFrom },
      EnableIPv4: values.ipv4 ? null : false,
      EnableIPv6: values.ipv6 ? true : null,
      IPAM: {
        Driver: values.ipamDriver,
        Options: Object.fromEntries(values.ipamOpt),
        Config: ipamConfig({
          subnets: words(values.subnet),
          ranges: words(values.ipRange),
          gateways: words(values.gateway),
          auxiliary: values.auxAddress as readonly Pair[],
        }),
      },
      Options: Object.fromEntries(values.opt),
      Labels: labels([], values.label),
    };
    const { Id, Warning } = await context.client.networks.create(body);
    if (Warning !== '') await context.err(`WARNING: ${Warning}\n`);
    await context.out(`${Id}\n`);
    return 0;
  },
});
