import { resolve } from 'node:path';

export type Volumes = { readonly binds: readonly string[]; readonly anonymous: Readonly<Record<string, object>> };

/** -v: "/data" is a volume without a name; "src:dst[:options]" is a bind, its source made absolute when it is a path. */
export function parseVolumes(given: readonly string[]): Volumes {
  const binds = given.filter((one) => one.includes(':')).map(absolute);
  const anonymous = given.filter((one) => !one.includes(':'));
  return { binds, anonymous: Object.fromEntries(anonymous.map((path) => [path, {}])) };
}

function absolute(bind: string): string {
  const colon = bind.indexOf(':');
  const source = bind.slice(0, colon);
  return source.startsWith('.') ? resolve(source) + bind.slice(colon) : bind;
}

/** --tmpfs: "/run" or "/run:size=64m". */
export function parseTmpfs(given: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    given.map((one) => {
      const colon = one.indexOf(':');
      return colon === -1 ? [one, ''] : [one.slice(0, colon), one.slice(colon + 1)];
    }),
  );
}
