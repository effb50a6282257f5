import { shortId } from '../../base/index.ts';
import {
  type ContainerInspect,
  compareVersions,
  type EndpointSettings,
  type SystemInfo,
} from '../../contract/index.ts';

const before = (version: string, limit: string): boolean => compareVersions(version, limit) < 0;

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

/** GET /info without what a version does not know. */
export function infoOf(info: SystemInfo, version: string): SystemInfo {
  const { FirewallBackend, ...rest } = info;
  return before(version, '1.49') || FirewallBackend === undefined ? rest : info;
}
