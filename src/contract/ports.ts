import { AppError, isIp } from '../base/index.ts';

export type Protocol = 'tcp' | 'udp' | 'sctp';

/** A key of ExposedPorts or PortBindings: "80/tcp", "53/udp", "80", "8000-8010/tcp". */
export type PortKey = { readonly protocol: Protocol; readonly first: number; readonly last: number };

/** One binding of a container's port, as asked for: a host port, a range to choose from, or 0 and 0 for any free one. */
export type PortRequest = {
  readonly protocol: Protocol;
  readonly containerPort: number;
  /** "" means every address of the host. */
  readonly hostIp: string;
  readonly hostPortFirst: number;
  readonly hostPortLast: number;
};

export type PortBinding = { readonly HostIp: string; readonly HostPort: string };
/** "80/tcp" to its bindings; an empty list only exposes. */
export type PortMap = Readonly<Record<string, readonly PortBinding[]>>;

const protocols: readonly string[] = ['tcp', 'udp', 'sctp'] satisfies readonly Protocol[];

function badPort(spec: string): AppError {
  return new AppError('invalid', `invalid port specification: "${spec}"`);
}

/** "80" or "8000-8010". Throws `invalid` with Docker's texts. */
export function parsePortRange(spec: string): { readonly first: number; readonly last: number } {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(spec);
  const first = Number(match?.[1]);
  const last = Number(match?.[2] ?? match?.[1]);
  if (!match || first > 65535 || last > 65535) throw badPort(spec);
  if (last < first) throw new AppError('invalid', `invalid port range: ${spec}`);
  return { first, last };
}

export function parsePortKey(key: string): PortKey {
  const [range = '', protocol = 'tcp', ...more] = key.split('/');
  const name = protocol.toLowerCase();
  if (more.length > 0 || !protocols.includes(name)) throw badPort(key);
  const { first, last } = parsePortRange(range);
  if (first === 0) throw badPort(range);
  return { protocol: name as Protocol, first, last };
}

/** Every key as "N/proto", ranges spread out. */
export function normalizePortSet(keys: readonly string[]): Record<string, object> {
  const set: Record<string, object> = {};
  for (const key of keys) {
    const { protocol, first, last } = parsePortKey(key);
    for (let port = first; port <= last; port++) set[`${port}/${protocol}`] = {};
  }
  return set;
}

/** Every key as "N/proto"; a key that is a range is refused, as Docker does. */
export function normalizePortMap(map: PortMap): Record<string, PortBinding[]> {
  const out: Record<string, PortBinding[]> = {};
  for (const [key, bindings] of Object.entries(map)) {
    const { protocol, first, last } = parsePortKey(key);
    if (first !== last) throw badPort(key.split('/')[0]!);
    const name = `${first}/${protocol}`;
    out[name] = [...(out[name] ?? []), ...bindings];
  }
  return out;
}

/** The bindings as a list, in the order given. Keys are normalised already. */
export function portRequests(map: PortMap): PortRequest[] {
  return Object.entries(map).flatMap(([key, bindings]) => {
    const { protocol, first } = parsePortKey(key);
    return bindings.map((binding) => portRequest(protocol, first, binding));
  });
}

function portRequest(protocol: Protocol, containerPort: number, { HostIp, HostPort }: PortBinding): PortRequest {
  if (HostIp !== '' && !isIp(HostIp)) throw new AppError('invalid', `invalid IP address in port mapping: ${HostIp}`);
  const { first, last } = HostPort === '' ? { first: 0, last: 0 } : parsePortRange(HostPort);
  if (first === 0 && last !== 0) throw badPort(HostPort);
  return { protocol, containerPort, hostIp: HostIp, hostPortFirst: first, hostPortLast: last };
}
