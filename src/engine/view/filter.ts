import { AppError } from '../../base/index.ts';
import type { Filters } from '../../contract/index.ts';
import type { Container } from '../container/container.ts';
import type { Parts } from '../parts.ts';

type Test = (container: Container, wanted: string) => boolean;

/**
 * Go's regular expressions and ours agree on what people write here: names, prefixes, anchors; and flags in front, as in
 * "(?i)web", which Go has within the text.
 */
export function pattern(text: string): RegExp {
  const [, flags = '', rest = ''] = /^(?:\(\?([ims]+)\))?(.*)$/s.exec(text) ?? [];
  try {
    return new RegExp(rest, flags);
  } catch {
    throw new AppError('invalid', `invalid filter 'name=${text}': want a regular expression`);
  }
}

export function hasLabel(labels: Readonly<Record<string, string>>, wanted: string): boolean {
  const [key = '', ...value] = wanted.split('=');
  return Object.hasOwn(labels, key) && (value.length === 0 || labels[key] === value.join('='));
}

const tests: Readonly<Record<string, (parts: Parts) => Test>> = {
  id:
    () =>
    ({ id }, wanted) =>
      id.startsWith(wanted),
  name:
    () =>
    ({ record }, wanted) =>
      pattern(wanted).test(record.name) || pattern(wanted).test(`/${record.name}`),
  label:
    () =>
    ({ record }, wanted) =>
      hasLabel(record.config.Labels, wanted),
  status:
    () =>
    ({ state }, wanted) =>
      state.status === wanted,
  exited:
    () =>
    ({ state }, wanted) =>
      state.status === 'exited' && state.exitCode === Number(wanted),
  health:
    () =>
    ({ state }, wanted) =>
      (state.health?.Status ?? 'none') === wanted,
  'is-task': () => (_container, wanted) => wanted === 'false' || wanted === '0',
  isolation: () => () => true,
  ancestor: (parts) => {
    const resolved = new Map<string, string>();
    return ({ record }, wanted) => {
      if (!resolved.has(wanted)) resolved.set(wanted, imageId(parts, wanted));
      return record.imageId === resolved.get(wanted);
    };
  },
  volume:
    () =>
    ({ record }, wanted) =>
      record.mounts.some(({ Name, Destination }) => Name === wanted || Destination === wanted),
  network:
    (parts) =>
    ({ id }, wanted) =>
      parts.network
        .endpointsOf(id)
        .some(({ networkId }) => networkId.startsWith(wanted) || parts.network.network(networkId).name === wanted),
  publish:
    (parts) =>
    ({ id }, wanted) =>
      (parts.network.sandboxOf(id)?.sandbox.ports ?? []).some((port) =>
        covers(port.hostPort, port.count, port.protocol, wanted),
      ),
  expose:
    () =>
    ({ record }, wanted) =>
      Object.keys(record.config.ExposedPorts).some((key) =>
        covers(Number.parseInt(key, 10), 1, key.split('/')[1] ?? 'tcp', wanted),
      ),
};

function covers(first: number, count: number, protocol: string, wanted: string): boolean {
  const [range = '', wantedProtocol = 'tcp'] = wanted.split('/');
  const [from = 0, to = from] = range.split('-').map(Number);
  return protocol === wantedProtocol && first <= to && first + count - 1 >= from;
}

function imageId(parts: Parts, ref: string): string {
  try {
    return parts.images.get(ref).id;
  } catch (error) {
    if (error instanceof AppError) return '';
    throw error;
  }
}

/** Values of one key are alternatives, labels must all hold; all keys must hold. */
export function matchesAll(parts: Parts, filters: Filters): (container: Container) => boolean {
  const rules = Object.entries(filters).flatMap(([key, values]) => {
    const test = tests[key]?.(parts);
    return test === undefined || values.length === 0 ? [] : [{ key, values, test }];
  });
  return (container) =>
    rules.every(({ key, values, test }) =>
      key === 'label'
        ? values.every((value) => test(container, value))
        : values.some((value) => test(container, value)),
    );
}

/** What every prune understands: label (all must hold), label! (none may), until (created before). */
export function matchesPrune(filters: Filters): (labels: Readonly<Record<string, string>>, created: string) => boolean {
  const untils = filters['until'] ?? [];
  if (untils.length > 1) throw new AppError('invalid', 'more than one until filter specified');
  const until = untils[0] === undefined ? undefined : parseUntil(untils[0]);
  return (labels, created) =>
    (filters['label'] ?? []).every((wanted) => hasLabel(labels, wanted)) &&
    !(filters['label!'] ?? []).some((unwanted) => hasLabel(labels, unwanted)) &&
    (until === undefined || Date.parse(created) < until);
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Go's duration before now ("10m", "1h30m"), seconds since 1970, or a date. Milliseconds since 1970. */
function parseUntil(text: string): number {
  if (/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) {
    const spans = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)].map(([, n, unit]) => Number(n) * unitMs[unit!]!);
    return Date.now() - spans.reduce((a, b) => a + b, 0);
  }
  const time = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text);
  if (Number.isNaN(time))
    throw new AppError('invalid', `invalid filter 'until=${text}': want a duration, a date or seconds since 1970`);
  return time;
}
