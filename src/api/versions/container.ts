import { shortId } from '../../base/index.ts';
import type { ContainerInspect, EndpointSettings } from '../../contract/index.ts';
import { before } from './before.ts';

/** Networks on which nobody has a name. */
const nameless: ReadonlySet<string> = new Set(['bridge', 'host', 'none']);

/** GET /containers/{id}/json as a client of that version knows it: before API 1.45 all names were aliases. */
export function containerOf(container: ContainerInspect, version: string): ContainerInspect {
  if (!before(version, '1.45')) return container;
  const { NetworkSettings, Id, Config } = container;
  const named = (name: string, one: EndpointSettings): EndpointSettings =>
    nameless.has(name)
      ? one
      : { ...one, Aliases: [...new Set([...(one.Aliases ?? []), shortId(Id), Config.Hostname])] };
  const Networks = Object.fromEntries(
    Object.entries(NetworkSettings.Networks).map(([name, one]) => [name, named(name, one)]),
  );
  return { ...container, NetworkSettings: { ...NetworkSettings, Networks } };
}
