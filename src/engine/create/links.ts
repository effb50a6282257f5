import { AppError, messageOf } from '../../base/index.ts';
import type { Container } from '../container/container.ts';
import type { Parts } from '../parts.ts';

/** A `--link` of the default network: another container, and the name it has in this one's hosts file. */
type Link = { readonly target: string; readonly alias: string };

/** "target", "target:alias", or as inspect shows it, "/target:/self/alias". */
function parseLink(text: string): Link {
  const [target = '', alias = target] = text.split(':');
  return { target: target.replace(/^\//, ''), alias: alias.slice(alias.lastIndexOf('/') + 1) };
}

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
  const bridge = parts.network.networks().find(({ name }) => name === 'bridge');
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
