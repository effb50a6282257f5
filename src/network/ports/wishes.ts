import { formatIp, parseIp } from '../../base/index.ts';
import type { PublishedPort } from '../../store/records.ts';
import type { PortRequest } from '../types.ts';
import { addressesMeet } from './held-ports.ts';

/**
 * What is to be resolved as one: bindings that differ only in the host address get the same number, and a run of
 * single ports with equal steps on both sides is one range.
 */
export type Wish = {
  readonly protocol: PortRequest['protocol'];
  readonly containerPort: number;
  readonly count: number;
  readonly hostIps: readonly string[];
  /** First host port that may be tried, and the last. 0 and 0: any of the ephemeral range. */
  readonly first: number;
  readonly last: number;
};

/**
 * Exact ports first, then choices within a range, then any free one: a choice must not take what is asked for by
 * number. Throws `invalid` for a host address that is none.
 */
export function wishesOf(requests: readonly PortRequest[]): readonly Wish[] {
  const exact = requests.filter(isExact).map((request) => wishOf(request));
  const choices = sameNumber(requests.filter((request) => !isExact(request)).map((request) => wishOf(request)));
  return [...runs(exact), ...choices.filter(({ first }) => first !== 0), ...choices.filter(({ first }) => first === 0)];
}

/** The ports that a wish is, once its first host port is known: one for each host address. */
export const resolved = (wish: Wish, hostPort: number): readonly PublishedPort[] =>
  wish.hostIps.map((hostIp) => ({
    protocol: wish.protocol,
    containerPort: wish.containerPort,
    count: wish.count,
    hostIp,
    hostPort,
  }));

const isExact = ({ hostPortFirst, hostPortLast }: PortRequest): boolean =>
  hostPortFirst !== 0 && hostPortFirst === hostPortLast;

const wishOf = ({ protocol, containerPort, hostIp, hostPortFirst, hostPortLast }: PortRequest): Wish => ({
  protocol,
  containerPort,
  count: 1,
  hostIps: [hostIp === '' ? '' : formatIp(parseIp(hostIp))],
  first: hostPortFirst,
  last: hostPortLast,
});

/** Joins neighbours: sorted, each next port continues the run on both sides, or a new one begins. */
function runs(exact: readonly Wish[]): readonly Wish[] {
  const sorted = exact.toSorted(
    (a, b) =>
      compare(a.protocol, b.protocol) ||
      compare(a.hostIps[0]!, b.hostIps[0]!) ||
      a.first - b.first ||
      a.containerPort - b.containerPort,
  );
  const out: Wish[] = [];
  for (const wish of sorted) {
    const run = out.at(-1);
    if (run !== undefined && continues(run, wish)) out[out.length - 1] = { ...run, count: run.count + 1 };
    else out.push(wish);
  }
  return out;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const continues = (run: Wish, next: Wish): boolean =>
  run.protocol === next.protocol &&
  run.hostIps[0] === next.hostIps[0] &&
  run.first + run.count === next.first &&
  run.containerPort + run.count === next.containerPort;

/** `-p 0.0.0.0::80 -p [::]::80`: one number for both. Bindings that have an address in common get two. */
function sameNumber(choices: readonly Wish[]): readonly Wish[] {
  const out: Wish[] = [];
  for (const wish of choices) {
    const at = out.findIndex((other) => canShare(other, wish));
    if (at === -1) out.push(wish);
    else out[at] = { ...out[at]!, hostIps: [...out[at]!.hostIps, ...wish.hostIps] };
  }
  return out;
}

const canShare = (a: Wish, b: Wish): boolean =>
  a.protocol === b.protocol &&
  a.containerPort === b.containerPort &&
  a.first === b.first &&
  a.last === b.last &&
  !a.hostIps.some((hostIp) => addressesMeet(hostIp, b.hostIps[0]!));
