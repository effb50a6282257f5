import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { json } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import type { NetworkCreate, PortRequest } from '../../src/network/index.ts';
import { NetworkLab, networkCreate } from '../lab/network-lab.ts';
import { patience } from '../lab/patience.ts';
import { columns, type Expected, modes, type Source, sources } from './firewall-matrix.ts';
import { farAddress, labAddress, plugIn } from './segment.ts';

/** One network of a mode: a server on it, and its neighbour. */
type Place = { readonly mode: string; readonly server: string; readonly peer: string; readonly hostPort: number };
type Cell = { readonly name: string; readonly probe: readonly [string, string, string, number]; readonly want: string };

const far6 = '2001:db8::1';
const lab6 = '2001:db8::10';

const ports = (hostPort: number): readonly PortRequest[] =>
  (['tcp', 'udp'] as const).flatMap((protocol) =>
    [
      { containerPort: 80, hostIp: '', first: hostPort },
      { containerPort: 82, hostIp: '127.0.0.1', first: hostPort + 1 },
      { containerPort: 83, hostIp: labAddress, first: hostPort + 2 },
    ].map(({ containerPort, hostIp, first }) => ({
      protocol,
      containerPort,
      hostIp,
      hostPortFirst: first,
      hostPortLast: first,
    })),
  );

/** The container's address on its only network. */
function addressOf(lab: NetworkLab, id: string, family: 4 | 6): string {
  const { lease } = lab.network.endpointsOf(id)[0]!;
  return (family === 4 ? lease!.ipv4 : lease!.ipv6)!.split('/')[0]!;
}

const gatewayOf = (address: string): string => address.replace(/[^.:]+$/, '1');

async function build(lab: NetworkLab): Promise<readonly Place[]> {
  const places: Place[] = [];
  let digit = 0x10;
  for (const [mode, { options, internal = false }] of Object.entries(modes)) {
    const long = Object.fromEntries(
      Object.entries(options).map(([key, v]) => [key.includes('.') ? key : `com.docker.network.bridge.${key}`, v]),
    );
    const request: Partial<NetworkCreate> = { ipv6: true, internal, options: long };
    await lab.network.createNetwork(networkCreate(mode, request));
    const [server, peer] = [0, 1].map(() => (digit++).toString(16).repeat(32));
    const hostPort = 20_000 + 10 * digit;
    await lab.up(server!, [mode], { ports: ports(hostPort) });
    await lab.up(peer!, [mode]);
    places.push({ mode, server: server!, peer: peer!, hostPort });
  }
  return places;
}

function cellsOf(lab: NetworkLab, place: Place, all: readonly Place[], farPath: string): readonly Cell[] {
  const netnsOf = (id: string): string => lab.network.sandboxOf(id)!.netnsPath;
  const peerOf = (mode: string): string => all.find((other) => other.mode === mode)!.peer;
  const cells: Cell[] = [];
  for (const family of [4, 6] as const) {
    const { [family === 4 ? 'ipv4' : 'ipv6']: table } = modes[place.mode]!;
    const server = addressOf(lab, place.server, family);
    const own = (id: string): string => addressOf(lab, id, family);
    const host = family === 4 ? labAddress : lab6;
    const from: Record<Source, readonly [path: string, own: string]> = {
      host: [lab.netnsPath, host],
      remote: [farPath, family === 4 ? farAddress : far6],
      self: [netnsOf(place.server), server],
      peer: [netnsOf(place.peer), own(place.peer)],
      other: [netnsOf(peerOf('elsewhere')), own(peerOf('elsewhere'))],
      routed: [netnsOf(peerOf('routed')), own(peerOf('routed'))],
    };
    const to: Record<(typeof columns)[number], readonly [string, number]> = {
      published: [server, 80],
      unpublished: [server, 81],
      host: [host, place.hostPort],
      loopback: [family === 4 ? '127.0.0.1' : '::1', place.hostPort],
      onLoopback: [family === 4 ? '127.0.0.1' : '::1', place.hostPort + 1],
      loopbackByHost: [host, place.hostPort + 1],
      onAddress: [host, place.hostPort + 2],
    };
    const add = (name: string, probe: readonly [string, string, number], want: string): void => {
      for (const protocol of ['tcp', 'udp']) {
        const [path, address, port] = probe;
        cells.push({ name: `${place.mode}, ${name}, ${protocol}`, probe: [path, protocol, address, port], want });
      }
    };
    for (const source of sources) {
      const [path, self] = from[source];
      for (const column of columns) {
        const want: Expected | undefined = table[source][column];
        if (want === undefined) continue;
        const text = want === 'own' ? self : want === 'gateway' ? gatewayOf(server) : want;
        add(`${source} to ${column} IPv${family}`, [path, ...to[column]], text);
      }
    }
    const out = table.out === 'own' ? server : table.out === 'host' ? host : table.out;
    add(`out IPv${family}`, [netnsOf(place.server), family === 4 ? farAddress : far6, 80], out);
  }
  return cells;
}

async function probe(t: TestContext, order: object): Promise<readonly string[]> {
  const child = spawn('python3', [new URL('firewall-matrix-probe.py', import.meta.url).pathname], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  child.stdin.end(JSON.stringify(order));
  return (await json(child.stdout)) as readonly string[];
}

/** The kernel limits how many ICMP errors it sends: without an answer over UDP all refusals are one. */
const isWanted = (cell: Cell, got: string): boolean =>
  got === cell.want || (cell.probe[1] === 'udp' && ![got, cell.want].some((text) => /[.:]/.test(text)));

test('who reaches what by which address in every gateway mode, and is seen as whom', async (t) => {
  const lab = await NetworkLab.open(t);
  const far = plugIn(t, lab);
  lab.ip('addr add 192.0.2.11/24 dev eth0');
  lab.ip('addr add 2001:db8::11/64 dev eth0 nodad preferred_lft 0');
  lab.run('sysctl', '-qw', 'net.ipv4.icmp_ratemask=0', 'net.ipv6.icmp.ratelimit=0');
  await lab.restart();
  const places = await build(lab);
  for (const { server } of places) {
    const [ipv4, ipv6] = ([4, 6] as const).map((family) => addressOf(lab, server, family));
    far.run('ip', 'route', 'add', `${ipv4}/24`.replace(/\d+\/24/, '0/24'), 'via', labAddress);
    far.run('ip', '-6', 'route', 'add', `${ipv6!.replace(/[^:]+$/, '')}/64`, 'via', lab6);
  }
  const cells = places.flatMap((place) => cellsOf(lab, place, places, far.path));
  const servers = places.flatMap(({ server }) =>
    [80, 81, 82, 83].map((port) => [lab.network.sandboxOf(server)!.netnsPath, port]),
  );
  const order = { servers: [...servers, [far.path, 80]], probes: cells.map((cell) => cell.probe), seconds: patience };
  const got = await probe(t, order);
  const wrong = cells.flatMap((cell, i) =>
    isWanted(cell, got[i]!) ? [] : [`${cell.name} (${cell.probe.slice(2).join(' ')}): ${got[i]}, want ${cell.want}`],
  );
  assert.deepEqual(wrong, []);
  t.diagnostic(`${cells.length} cells`);
});
