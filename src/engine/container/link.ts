/** A `--link` of the default network: another container, and the name it has in this one's hosts file. */
export type Link = { readonly target: string; readonly alias: string };

/** "target", "target:alias", or as inspect shows it, "/target:/self/alias". In records the target is its id. */
export function parseLink(text: string): Link {
  const [target = '', alias = target] = text.split(':');
  return { target: target.replace(/^\//, ''), alias: alias.slice(alias.lastIndexOf('/') + 1) };
}

/** The name a link gives its target: "owner/alias". Undefined for a container's own name. */
export function linkName(ref: string): { readonly owner: string; readonly alias: string } | undefined {
  const [owner, alias, ...rest] = ref.replace(/^\//, '').split('/');
  return owner && alias && rest.length === 0 ? { owner, alias } : undefined;
}
