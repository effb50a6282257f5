import { AppError, messageOf } from '../../base/index.ts';
import type { Container } from '../container/container.ts';
import { linkName, parseLink } from '../container/link.ts';
import type { Parts } from '../parts.ts';
import type { Linked } from '../run/link-environment.ts';
import { exposedPorts } from '../run/ports.ts';

/** The default network, the only one whose links are a container's; absent with `--bridge none`. */
const defaultBridge = ({ network }: Pick<Parts, 'network'>) => network.networks().find(({ name }) => name === 'bridge');

/** As the network core keeps them, "id:alias", so that they follow a rename. Throws invalid for an unknown container. */
export function resolveLinks(parts: Pick<Parts, 'containers'>, links: readonly string[]): readonly string[] {
  return links.map((text) => {
    const { target, alias } = parseLink(text);
    try {
      return `${parts.containers.find(target).id}:${alias}`;
    } catch (error) {
      throw new AppError('invalid', `could not get container for ${target}: ${messageOf(error)}`);
    }
  });
}

/** Throws when what a starting container names cannot be reached from it. A target that was removed is forgotten. */
export function checkLinked(parts: Pick<Parts, 'containers' | 'network'>, { id, record }: Container): void {
  const bridge = defaultBridge(parts);
  const own = parts.network.endpointsOf(id).find(({ networkId }) => networkId === bridge?.id);
  for (const link of own?.request.links ?? []) {
    const { target, alias } = parseLink(link);
    const other = parts.containers.byId(target);
    if (other === undefined) continue;
    const name = `/${other.record.name}`;
    if (!other.running) {
      throw new AppError('internal', `Cannot link to a non running container: ${name} AS /${record.name}/${alias}`);
    }
    if (!parts.network.endpointsOf(target).some(({ networkId }) => networkId === bridge?.id)) {
      throw new AppError('internal', `Cannot link to ${name}, as it does not belong to the default network`);
    }
  }
}

/** What a container's links of the default network tell it in its environment. */
export function linkedTo(parts: Pick<Parts, 'containers' | 'network'>, { record }: Container): readonly Linked[] {
  const bridge = defaultBridge(parts);
  return record.hostConfig.Links.map(parseLink).flatMap(({ target, alias }) => {
    const other = parts.containers.byId(target)?.record;
    if (other === undefined) return [];
    const endpoint = parts.network.endpointsOf(target).find(({ networkId }) => networkId === bridge?.id);
    const address = endpoint?.lease?.ipv4?.split('/', 1)[0];
    return [{ alias, owner: record.name, address, ports: exposedPorts(other), env: other.config.Env }];
  });
}

/** Names that links give containers, by the container's id: "/owner/alias". */
export function linkNames({ containers }: Pick<Parts, 'containers'>): ReadonlyMap<string, readonly string[]> {
  const names = containers
    .all()
    .flatMap(({ record }) =>
      record.hostConfig.Links.map(parseLink).map(({ target, alias }) => ({ target, name: `/${record.name}/${alias}` })),
    );
  const byTarget = Map.groupBy(names, ({ target }) => target);
  return new Map(Array.from(byTarget, ([target, found]) => [target, found.map(({ name }) => name)]));
}

/** HostConfig.Links as inspect shows them: by the names of now. */
export const linkViews = (
  parts: Pick<Parts, 'containers'>,
  name: string,
  links: readonly string[],
): readonly string[] =>
  links.map(parseLink).flatMap(({ target, alias }) => {
    const other = parts.containers.byId(target);
    return other === undefined ? [] : [`/${other.record.name}:/${name}/${alias}`];
  });

/** `docker rm --link OWNER/ALIAS`: the container that OWNER has under this name is its no more, by that name. */
export async function removeLink(parts: Pick<Parts, 'containers' | 'network' | 'queue'>, ref: string): Promise<void> {
  const target = parts.containers.find(ref);
  const name = linkName(ref);
  if (name === undefined) {
    const text = 'Conflict, cannot remove the default link name of the container';
    throw new AppError('conflict', `${text}: want OWNER/ALIAS, the name that a link gave it, and found ${ref}`);
  }
  const owner = parts.containers.find(name.owner);
  await parts.queue.run(owner.id, async () => {
    const { hostConfig } = owner.record;
    const isIt = (link: string): boolean => {
      const { target: id, alias } = parseLink(link);
      return id === target.id && alias === name.alias;
    };
    owner.update({ hostConfig: { ...hostConfig, Links: hostConfig.Links.filter((link) => !isIt(link)) } });
    const bridge = defaultBridge(parts);
    if (bridge !== undefined) await parts.network.unlink(owner.id, bridge.id, isIt);
  });
}
