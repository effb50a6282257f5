import type { PortSummary } from '../../contract/index.ts';

type Run = {
  readonly host: string;
  readonly type: string;
  readonly first: number;
  last: number;
  /** Public number less private number; undefined when not published. */
  readonly shift: number | undefined;
};

/**
 * A container's ports in one line and in docker's order: equal numbers and exposed ones first, then translated ones.
 * Neighbours are joined, unlike docker's also where the numbers differ: "0.0.0.0:8000-8003->80-83/tcp, 90/tcp".
 */
export function formatPorts(ports: readonly PortSummary[]): string {
  const runs: Run[] = [];
  for (const { IP = '', PrivatePort, PublicPort, Type } of ports.toSorted(byPrivatePort)) {
    const shift = PublicPort === undefined ? undefined : PublicPort - PrivatePort;
    const before = runs.findLast((run) => run.host === IP && run.type === Type && run.shift === shift);
    if (before?.last === PrivatePort - 1) before.last = PrivatePort;
    else runs.push({ host: IP, type: Type, first: PrivatePort, last: PrivatePort, shift });
  }
  const translated = (run: Run): boolean => (run.shift ?? 0) !== 0;
  return [...runs.filter((run) => !translated(run)), ...runs.filter(translated)].map(format).join(', ');
}

function format({ host, type, first, last, shift }: Run): string {
  const inside = `${range(first, last)}/${type}`;
  if (shift === undefined) return inside;
  return `${host.includes(':') ? `[${host}]` : host}:${range(first + shift, last + shift)}->${inside}`;
}

const range = (first: number, last: number): string => (first === last ? String(first) : `${first}-${last}`);

function byPrivatePort(a: PortSummary, b: PortSummary): number {
  if (a.PrivatePort !== b.PrivatePort) return a.PrivatePort - b.PrivatePort;
  const [left, right] = [a.IP ?? '', b.IP ?? ''];
  if (left !== right) return left < right ? -1 : 1;
  return (a.PublicPort ?? 0) - (b.PublicPort ?? 0) || (a.Type < b.Type ? -1 : 1);
}
