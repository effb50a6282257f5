import type { PortBinding, PortSummary } from '../../contract/index.ts';
import type { PublishedPort } from '../../store/index.ts';

/** "" is shown as both families' any-address. */
const addressesOf = ({ hostIp }: PublishedPort): readonly string[] => (hostIp === '' ? ['0.0.0.0', '::'] : [hostIp]);

type Mapped = {
  readonly key: string;
  readonly containerPort: number;
  readonly hostPort: number;
  readonly hostIp: string;
  readonly protocol: string;
};

function* mappings(ports: readonly PublishedPort[]): Generator<Mapped> {
  for (const port of ports) {
    for (let i = 0; i < port.count; i++) {
      for (const hostIp of addressesOf(port)) {
        const containerPort = port.containerPort + i;
        yield {
          key: `${containerPort}/${port.protocol}`,
          containerPort,
          hostPort: port.hostPort === 0 ? 0 : port.hostPort + i,
          hostIp,
          protocol: port.protocol,
        };
      }
    }
  }
}

/** NetworkSettings.Ports: null for what is only exposed. */
export function portMap(
  ports: readonly PublishedPort[],
  exposed: readonly string[],
): Record<string, PortBinding[] | null> {
  const map: Record<string, PortBinding[] | null> = Object.fromEntries(exposed.map((key) => [key, null]));
  for (const { key, hostIp, hostPort } of mappings(ports)) {
    const bindings = map[key] ?? [];
    bindings.push({ HostIp: hostIp, HostPort: hostPort === 0 ? '' : String(hostPort) });
    map[key] = bindings;
  }
  return map;
}

/** Ports of one item of ps. */
export function portSummaries(ports: readonly PublishedPort[], exposed: readonly string[]): PortSummary[] {
  const published = [...mappings(ports.filter(({ hostPort }) => hostPort !== 0))].map(
    ({ hostIp, containerPort, hostPort, protocol }) => ({
      IP: hostIp,
      PrivatePort: containerPort,
      PublicPort: hostPort,
      Type: protocol,
    }),
  );
  const shown = new Set(published.map(({ PrivatePort, Type }) => `${PrivatePort}/${Type}`));
  const only = exposed
    .filter((key) => !shown.has(key))
    .map((key) => {
      const [port = '', Type = 'tcp'] = key.split('/');
      return { PrivatePort: Number(port), Type };
    });
  return [...only, ...published];
}
