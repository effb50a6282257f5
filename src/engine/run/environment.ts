import type { ContainerRecord } from '../container/record.ts';
import { type Linked, linkEnvironment } from './link-environment.ts';

const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * The process's environment: defaults and those of links first, so that the image's and the user's values win. `home` is
 * the user's. An exec brings its own terminal and `more` variables.
 */
export function environment(
  record: ContainerRecord,
  home: string,
  links: readonly Linked[],
  { tty, more }: { readonly tty: boolean; readonly more: readonly string[] } = { tty: record.config.Tty, more: [] },
): readonly string[] {
  const defaults = [`PATH=${defaultPath}`, `HOSTNAME=${record.config.Hostname}`, ...(tty ? ['TERM=xterm'] : [])];
  return mergeEnv([...defaults, ...links.flatMap(linkEnvironment), ...record.config.Env, ...more], [`HOME=${home}`]);
}

/** Later values of a name replace earlier ones in place; `fallbacks` count only where the name is absent. "K" without "=" removes K. */
export function mergeEnv(entries: readonly string[], fallbacks: readonly string[] = []): readonly string[] {
  const byName = new Map<string, string | undefined>();
  const nameOf = (entry: string): string => entry.split('=', 1)[0]!;
  for (const entry of entries) byName.set(nameOf(entry), entry.includes('=') ? entry : undefined);
  for (const entry of fallbacks) if (!byName.has(nameOf(entry))) byName.set(nameOf(entry), entry);
  return [...byName.values()].filter((entry) => entry !== undefined);
}
