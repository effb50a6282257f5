import { AppError } from '../../base/index.ts';
import type { Filters } from '../../contract/index.ts';
import type { NetworkRecord } from '../../store/index.ts';
import type { Parts } from '../parts.ts';
import { hasLabel, pattern } from '../view/filter.ts';
import { predefined } from './predefined.ts';

type Test = (network: NetworkRecord, wanted: string) => boolean;

function isTrue(values: readonly string[]): boolean {
  if (values.length > 1) throw new AppError('invalid', 'got more than one value for filter key "dangling"');
  if (['true', '1'].includes(values[0]!)) return true;
  if (['false', '0'].includes(values[0]!)) return false;
  throw new AppError('invalid', `invalid value for filter 'dangling', must be "true" (or "1"), or "false" (or "0")`);
}

/** Filters of GET /networks; unknown keys are refused with Docker's text. */
export function matchesNetwork(parts: Pick<Parts, 'network'>, filters: Filters): (network: NetworkRecord) => boolean {
  const tests: Readonly<Record<string, Test>> = {
    id: ({ id }, wanted) => pattern(wanted).test(id),
    name: ({ name }, wanted) => pattern(wanted).test(name),
    driver: ({ driver }, wanted) => driver === wanted,
    scope: ({ scope }, wanted) => scope === wanted,
    label: ({ labels }, wanted) => hasLabel(labels, wanted),
    type: ({ name }, wanted) => predefined.has(name) === (typeFilter(wanted) === 'builtin'),
    dangling: ({ id, name }, wanted) =>
      isTrue([wanted]) === (!predefined.has(name) && parts.network.endpointsIn(id).length === 0),
  };
  for (const [key, values] of Object.entries(filters)) {
    if (tests[key] === undefined) throw new AppError('invalid', `invalid filter '${key}'`);
    if (key === 'dangling' && values.length > 0) isTrue(values);
    if (key === 'type') values.forEach(typeFilter);
  }
  return (network) =>
    Object.entries(filters).every(([key, values]) => {
      if (values.length === 0) return true;
      const holds = (value: string): boolean => tests[key]!(network, value);
      return key === 'label' ? values.every(holds) : values.some(holds);
    });
}

function typeFilter(wanted: string): 'builtin' | 'custom' {
  if (wanted === 'builtin' || wanted === 'custom') return wanted;
  throw new AppError('invalid', `invalid filter: 'type'='${wanted}'`);
}
