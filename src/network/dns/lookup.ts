import { nameBytes } from './message/name.ts';
import { classIn, type Question, Type } from './message/query.ts';
import type { Answer } from './message/reply.ts';
import type { SandboxView } from './types.ts';
import type { Found, Served, Zones } from './zones.ts';

/**
 * What our own zones say to a question: the answers, none for a name that is ours without having what was asked, or
 * undefined for a name that is not ours, which others may know.
 */
export function lookup(zones: Zones, view: SandboxView, question: Question): readonly Answer[] | undefined {
  const { name, type } = question;
  if (question.class !== classIn) return undefined;
  const networks = view.networks();
  if (type === Type.PTR) {
    const pointer = zones.byAddress(name, networks);
    if (pointer !== undefined) return [pointer];
  }
  const found = byName(zones, view, name, networks);
  if (found.length > 0) return choose(found, type);
  const service = serviceName.exec(name);
  if (service !== null) {
    const [, port, protocol, host = ''] = service;
    const served = byName(zones, view, host, networks);
    if (served.length > 0) return type === Type.SRV ? serving(served, Number(port), protocol) : [];
  }
  return staysHere(view, question) ? [] : undefined;
}

/** A link's alias goes before a name that others know, too; as a whole, or with the name of a network behind it. */
function byName(zones: Zones, view: SandboxView, name: string, networks: readonly string[]): readonly Found[] {
  const aliases = view.aliases?.();
  if (aliases === undefined || aliases.size === 0) return zones.byName(name, networks);
  const target = aliases.get(name);
  if (target !== undefined) return zones.byName(target.toLowerCase(), networks);
  for (let dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
    const host = aliases.get(name.slice(0, dot));
    const found = host === undefined ? [] : zones.byName(`${host.toLowerCase()}${name.slice(dot)}`, networks);
    if (found.length > 0) return found;
  }
  return zones.byName(name, networks);
}

/** Of the first network that has the family: a container on two networks is named in both, reached through one. */
function choose(found: readonly Found[], type: number): readonly Answer[] {
  for (const { v4, v6 } of found) {
    const answers = type === Type.A ? v4 : type === Type.AAAA ? v6 : type === Type.ANY ? [...v4, ...v6] : [];
    if (answers.length > 0) return answers;
  }
  return [];
}

/** "_80._tcp.web": RFC 2782, with the number of a port that a container exposes in the place of a service's name. */
const serviceName = /^_(\d{1,5})\._(tcp|udp|sctp)\.(.+)$/;

/** SRV: priority 0, weight 0, port and target. RFC 2782; the target's name is never compressed. */
function serving(found: readonly Found[], port: number, protocol: string | undefined): readonly Answer[] {
  const wanted = (service: Served): boolean => service.port === port && service.protocol === protocol;
  const targets = found.map(({ services }) => services.filter(wanted)).find((services) => services.length > 0) ?? [];
  return targets.map(({ target }) => {
    const data = Buffer.concat([Buffer.alloc(6), nameBytes(target)]);
    data.writeUInt16BE(port, 4);
    return { type: Type.SRV, data };
  });
}

/** Who chose `ndots` has names of one label completed by search domains: they mean nothing to others as they are. */
const staysHere = (view: SandboxView, { name, type }: Question): boolean =>
  (type === Type.A || type === Type.AAAA) &&
  name !== '' &&
  !name.includes('.') &&
  view.passesSingleLabels?.() === false;
