import type { Parts } from '../parts.ts';
import type { Container } from './container.ts';

/** An event of a container, with the attributes clients filter by: labels, image, name. */
export function announce(
  parts: Pick<Parts, 'events'>,
  { id, record }: Container,
  action: string,
  more: Readonly<Record<string, string>> = {},
): void {
  parts.events.emit('container', action, id, {
    ...record.config.Labels,
    image: record.config.Image,
    name: record.name,
    ...more,
  });
}

/** connect or disconnect of every network the container is attached to. */
export function announceNetworks(
  parts: Pick<Parts, 'events' | 'network'>,
  { id }: Container,
  action: 'connect' | 'disconnect',
): void {
  for (const endpoint of parts.network.endpointsOf(id)) {
    const network = parts.network.network(endpoint.networkId);
    parts.events.emit('network', action, network.id, { container: id, name: network.name, type: network.driver });
  }
}

/** mount or unmount of every volume of a container, as it starts and ends. */
export function announceVolumes(
  parts: Pick<Parts, 'events'>,
  { id, record }: Container,
  action: 'mount' | 'unmount',
): void {
  for (const { Type, Name, Destination, RW, Propagation } of record.mounts) {
    if (Type !== 'volume') continue;
    const how = { destination: Destination, propagation: Propagation, 'read/write': String(RW) };
    parts.events.emit('volume', action, Name!, {
      container: id,
      driver: 'local',
      ...(action === 'mount' ? how : {}),
    });
  }
}
