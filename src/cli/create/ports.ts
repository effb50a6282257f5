import { isIp } from '../../base/index.ts';
import { InvalidValue } from '../values/invalid.ts';
import { csvFields } from './fields.ts';

export type Binding = { readonly HostIp: string; readonly HostPort: string };
export type Ports = {
  readonly bindings: Readonly<Record<string, readonly Binding[]>>;
  readonly exposed: Readonly<Record<string, object>>;
};

/** -p and --expose, together: every published port is exposed too. Throws InvalidValue. */
export function parsePorts(published: readonly string[], exposed: readonly string[]): Ports {
  const bindings: Record<string, Binding[]> = {};
  for (const text of published) {
    for (const { port, binding } of parsePublish(text)) bindings[port] = [...(bindings[port] ?? []), binding];
  }
  const names = [...Object.keys(bindings), ...exposed.flatMap(parseExpose)];
  return { bindings, exposed: Object.fromEntries(names.map((name) => [name, {}])) };
}

type Published = { readonly port: string; readonly binding: Binding };
type Range = { readonly first: number; readonly last: number };

/** One -p: "[[address:][host port[-end]]:]container port[-end][/protocol]", or "target=80,published=8080,protocol=udp". */
export function parsePublish(text: string): readonly Published[] {
  const classic = text.includes('=') ? fromFields(text) : text;
  const slash = classic.lastIndexOf('/');
  const protocol = (slash === -1 ? 'tcp' : classic.slice(slash + 1)).toLowerCase();
  const { address, host, container } = splitAddress(slash === -1 ? classic : classic.slice(0, slash));
  if (!['tcp', 'udp', 'sctp'].includes(protocol)) throw new InvalidValue(`invalid proto: ${protocol}`);
  if (container === '') throw new InvalidValue(`no port specified: ${text}<empty>`);
  const inside = parseRange(container, 'containerPort');
  if (host === '') return spread(inside, protocol, () => ({ HostIp: address, HostPort: '' }));
  const outside = parseRange(host, 'hostPort');
  const counts = [outside.last - outside.first, inside.last - inside.first] as const;
  // A range for one port leaves the choice to the engine.
  if (counts[1] === 0 && counts[0] > 0) {
    return spread(inside, protocol, () => ({ HostIp: address, HostPort: `${outside.first}-${outside.last}` }));
  }
  if (counts[0] !== counts[1])
    throw new InvalidValue(`invalid ranges specified for container and host Ports: ${container} and ${host}`);
  return spread(inside, protocol, (at) => ({ HostIp: address, HostPort: String(outside.first + at) }));
}

function spread(inside: Range, protocol: string, binding: (at: number) => Binding): readonly Published[] {
  return Array.from({ length: inside.last - inside.first + 1 }, (_none, at) => ({
    port: `${inside.first + at}/${protocol}`,
    binding: binding(at),
  }));
}

type Sides = { readonly address: string; readonly host: string; readonly container: string };

/** The last two colons divide; an IPv6 address may stand in brackets. */
function splitAddress(spec: string): Sides {
  const bracketed = /^\[([^\]]*)\]:(.*)$/.exec(spec);
  const parts = (bracketed?.[2] ?? spec).split(':');
  const container = parts.pop() ?? '';
  const host = parts.pop() ?? '';
  const address = bracketed?.[1] ?? parts.join(':');
  if (address !== '' && !isIp(address)) throw new InvalidValue(`invalid IP address: ${address}`);
  return { address, host, container };
}

function fromFields(text: string): string {
  let [target, published, protocol] = ['', '', 'tcp'];
  for (const [key, value = ''] of csvFields(text)) {
    if (key === 'target') target = value;
    else if (key === 'published') published = value;
    else if (key === 'protocol') protocol = value;
    else if (key !== 'mode') throw new InvalidValue(`invalid field key ${key}`);
  }
  if (target === '') throw new InvalidValue(`missing mandatory field 'target'`);
  return `${published === '' ? '' : `${published}:`}${target}/${protocol}`;
}

function parseRange(text: string, what: string): Range {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  const first = Number(match?.[1]);
  const last = Number(match?.[2] ?? match?.[1]);
  if (match === null || last > 65535 || first > last) throw new InvalidValue(`invalid ${what}: ${text}`);
  return { first, last };
}

/** One --expose: "90", "100-102/udp". */
function parseExpose(text: string): readonly string[] {
  const [range = '', protocol = 'tcp'] = text.split('/');
  if (text.includes(':')) throw new InvalidValue(`invalid port format for --expose: ${text}`);
  const { first, last } = parseRange(range, 'range format for --expose');
  return Array.from({ length: last - first + 1 }, (_none, at) => `${first + at}/${protocol.toLowerCase()}`);
}
