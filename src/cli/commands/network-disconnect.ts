import { command } from '../parse/command.ts';
import { toggle } from '../parse/flag.ts';

export const networkDisconnect = command({
  usage: '[OPTIONS] NETWORK CONTAINER',
  summary: 'Disconnect a container from a network',
  operands: { least: 2, most: 2 },
  complete: ['networks', 'containers'],
  flags: { force: toggle('-f, --force', 'Force the container to disconnect from a network') },
  async run(context, [network = '', container = ''], { force }) {
    await context.client.networks.disconnect(network, container, force);
    return 0;
  },
});
