import { readOption } from '../create/lists.ts';
import { command } from '../parse/command.ts';
import { list, text, value } from '../parse/flag.ts';
import { parseWhole } from '../values/number.ts';

export const networkConnect = command({
  usage: '[OPTIONS] NETWORK CONTAINER',
  summary: 'Connect a container to a network',
  operands: { least: 2, most: 2 },
  complete: ['networks', 'containers'],
  flags: {
    alias: list('--alias <strings>', 'Add network-scoped alias for the container'),
    driverOpt: list('--driver-opt <strings>', 'driver options for the network'),
    gwPriority: value(
      '--gw-priority <int>',
      'Highest gw-priority provides the default gateway. Accepts positive and negative values.',
      parseWhole,
    ),
    ip: text('--ip <string>', 'IPv4 address (e.g., "172.30.100.104")'),
    ip6: text('--ip6 <string>', 'IPv6 address (e.g., "2001:db8::33")'),
    link: list('--link <list>', 'Add link to another container'),
    linkLocalIp: list('--link-local-ip <strings>', 'Add a link-local address for the container'),
  },
  async run(context, [network = '', container = ''], values) {
    await context.client.networks.connect(network, {
      Container: container,
      EndpointConfig: {
        IPAMConfig: { IPv4Address: values.ip, IPv6Address: values.ip6, LinkLocalIPs: values.linkLocalIp },
        Links: values.link,
        Aliases: values.alias,
        DriverOpts: Object.fromEntries(values.driverOpt.map(readOption)),
        GwPriority: values.gwPriority ?? 0,
      },
    });
    return 0;
  },
});
