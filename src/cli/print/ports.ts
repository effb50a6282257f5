import type { PortSummary } from '../../contract/index.ts';

type Run = {
  readonly host: string;
  readonly type: string;
  first: number;
  last: number;
  publicFirst: number | undefined;
};

/** A container's ports in one line, neighbours joined: "0.0.0.0:8000-8003->80-83/tcp, [::]:53->53/udp, 90/tcp". */
export function formatPorts(ports: readonly PortSummary[]): string {
  const runs: Run[] = [];
  for (const { IP = '', PrivatePort, PublicPort, Type } of [...ports].sort(byHostThenPort)) {
    const last = runs.at(-1);
    const shift = last?.publicFirst === undefined ? undefined : last.publicFirst - last.first;
    const follows = last?.host === IP && last.type === Type && last.last + 1 === PrivatePort;
    if (last !== undefined && follows && shift === (PublicPort === undefined ? undefined : PublicPort - PrivatePort)) {
      last.last = PrivatePort;
    } else runs.push({ host: IP, type: Type, first: PrivatePort, last: PrivatePort, publicFirst: PublicPort });
  }
  return runs.map(format).join(', ');
}

function format({ host, type, first, last, publicFirst }: Run): string {
  const inside = `${range(first, last)}/${type}`;
  if (publicFirst === undefined) return inside;
  const address = host.includes(':') ? `[${host}]` : host;
  return `${address}:${range(publicFirst, publicFirst + last - first)}->${inside}`;
}

const range = (first: number, last: number): string => (first === last ? String(first) : `${first}-${last}`);

/** Published ones first, IPv4 before IPv6, then by number and protocol. */
function byHostThenPort(a: PortSummary, b: PortSummary): number {
  const key = ({ IP = '', Type }: PortSummary): string =>
    `${IP === '' ? '~' : IP.includes(':') ? `b${IP}` : `a${IP}`} ${Type}`;
  const [left, right] = [key(a), key(b)];
  if (left !== right) return left < right ? -1 : 1;
  return a.PrivatePort - b.PrivatePort || (a.PublicPort ?? 0) - (b.PublicPort ?? 0);
}
