import type { ContainerRecord } from '../container/record.ts';
import { linearPattern } from '../create/log-pattern.ts';
import { logTag, type Tagged } from '../create/log-tag.ts';

/**
 * What `docker logs --details` shows before every line: the labels and variables that `--log-opt` labels, labels-regex,
 * env and env-regex name, and the tag, as "a=1,b=2" in the order of their names, each escaped as in a query.
 */
export function logDetails(container: Tagged & Pick<ContainerRecord, 'hostConfig'>): string {
  const { config, hostConfig } = container;
  const { Config: options } = hostConfig.LogConfig;
  const variables = config.Env.map((entry): [string, string] => {
    const at = entry.indexOf('=');
    return at < 0 ? [entry, ''] : [entry.slice(0, at), entry.slice(at + 1)];
  });
  const tag = logTag(options['tag'] ?? '', container);
  const wanted: readonly (readonly [string, string])[] = [
    ...chosen(Object.entries(config.Labels), options['labels'], options['labels-regex']),
    ...chosen(variables, options['env'], options['env-regex']),
    ...(tag === '' ? [] : ([['tag', tag]] as const)),
  ];
  const byName = [...new Map(wanted)].sort(([a], [b]) => (a < b ? -1 : 1));
  return byName.map(([name, value]) => `${escaped(name)}=${escaped(value)}`).join(',');
}

function chosen(entries: readonly [string, string][], names = '', pattern = ''): readonly [string, string][] {
  const list = names.split(',');
  const expression = pattern === '' ? undefined : linearPattern(pattern);
  return entries.filter(([name]) => list.includes(name) || expression?.test(name));
}

const escaped = (text: string): string => encodeURIComponent(text).replaceAll('%20', '+');
