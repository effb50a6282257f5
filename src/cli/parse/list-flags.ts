import type { Filters } from '../../client/index.ts';
import { InvalidValue } from '../values/invalid.ts';
import { each, type Flag, text, toggle } from './flag.ts';

type Condition = readonly [key: string, value: string];

/** Conditions of lists, as repeated "key=value". */
export const filterFlag: Flag<readonly Condition[]> = each(
  '-f, --filter <filter>',
  'Filter output based on conditions provided',
  condition,
);
export const longFilterFlag: Flag<readonly Condition[]> = each('--filter <filter>', 'Provide filter values', condition);

function condition(given: string): Condition {
  const equals = given.indexOf('=');
  if (equals === -1) throw new InvalidValue('bad format of filter (expected name=value)');
  return [given.slice(0, equals).toLowerCase().trim(), given.slice(equals + 1).trim()];
}

export function filtersOf(conditions: readonly Condition[]): Filters {
  const filters: Record<string, string[]> = {};
  for (const [key, value] of conditions) filters[key] = [...(filters[key] ?? []), value];
  return filters;
}

const template = `Format output using a custom template: 'table', 'table TEMPLATE', 'json' or a Go TEMPLATE`;

/** How a list is shown. */
export const listFlags = {
  format: text('--format <string>', template),
  json: toggle('--json', 'Print in JSON format, one line each'),
};

/** How one thing is shown. */
export const documentFlags = {
  format: text('-f, --format <string>', `Format output using a custom template: 'json' or a Go TEMPLATE`),
  json: toggle('--json', 'Print in JSON format'),
};

export const noTruncFlag = toggle('--no-trunc', "Don't truncate output");
export const forceFlag = toggle('-f, --force', 'Do not prompt for confirmation');
export const detachKeysFlag = text('--detach-keys <string>', 'Override the key sequence for detaching a container');
export const sigProxyFlag = toggle('--sig-proxy', 'Proxy received signals to the process', true);
