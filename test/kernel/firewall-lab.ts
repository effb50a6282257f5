import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { formatIp, isIp, parseIp } from '../../src/base/index.ts';
import { type AcceptedMark, Firewall } from '../../src/network/firewall/index.ts';
import { NftContext } from '../../src/nftables/context.ts';
import { patience } from '../lab/patience.ts';

/** Addresses of the lab: documentation blocks (RFC 5737, RFC 3849) only. */
export const addresses = {
  remote: '198.51.100.2',
  remote6: '2001:db8:100::2',
  host: '198.51.100.1',
  host6: '2001:db8:100::1',
  a1: '192.0.2.2',
  a1v6: '2001:db8:a::2',
  a2: '192.0.2.3',
  b1: '192.0.2.130',
  b1v6: '2001:db8:b::2',
  far: '203.0.113.2',
} as const;

export type Place = 'remote' | 'far' | 'engine' | 'a1' | 'a2' | 'b1';

/**
 * Two outside hosts, remote and far, on either side of an engine's host that forwards, and two bridges with
 * containers: a1 and a2 on br-a, b1 on br-b. The remote host has routes to the containers, as a neighbour who tries
 * direct access would.
 */
export class FirewallLab implements Disposable {
  readonly #names: Readonly<Record<Place, string>>;
  readonly #processes: ChildProcess[] = [];
  readonly #stack = new DisposableStack();
  readonly fd: number;

  /** `tag` tells the labs of one process apart. */
  constructor(tag: string) {
    const name = (place: Place): string => `t-${tag}-${process.pid}-${place}`;
    this.#names = {
      remote: name('remote'),
      far: name('far'),
      engine: name('engine'),
      a1: name('a1'),
      a2: name('a2'),
      b1: name('b1'),
    };
    try {
      this.#build();
      this.fd = openSync(`/run/netns/${this.#names.engine}`, 'r');
      this.#stack.defer(() => closeSync(this.fd));
    } catch (error) {
      this.#stack.dispose();
      throw error;
    }
  }

  /** Runs a command in a place and answers what it printed. Throws when it fails. */
  run(place: Place, ...command: readonly string[]): string {
    return execFileSync('nsenter', [`--net=/run/netns/${this.#names[place]}`, ...command], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  /** A server that answers each client with the address it sees. */
  async serve(place: Place, protocol: 'tcp' | 'udp', port: number): Promise<void> {
    const listener = `${protocol === 'tcp' ? 'TCP6-LISTEN' : 'UDP6-RECVFROM'}:${port},ipv6only=0,reuseaddr,fork`;
    await this.start(place, 'socat', `-t${0.5 * patience}`, listener, 'SYSTEM:read line; echo $SOCAT_PEERADDR');
    const flags = protocol === 'tcp' ? '-Htln' : '-Huan';
    for (let tries = 0; tries < 100; tries++) {
      if (this.run(place, 'ss', flags, `sport = ${port}`) !== '') return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`no ${protocol} server on ${port} in ${place}`);
  }

  /** Starts a process that ends with the lab. */
  start(place: Place, ...command: readonly string[]): ChildProcess {
    const args = [`--net=/run/netns/${this.#names[place]}`, ...command];
    const child = spawn('nsenter', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#processes.push(child);
    return child;
  }

  /** The address that the server saw, or "" when it could not be reached. IPv4 comes without its IPv6 wrapping. */
  ask(place: Place, protocol: 'tcp' | 'udp', address: string, port: number): string {
    const host = address.includes(':') ? `[${address}]` : address;
    const family = address.includes(':') ? 6 : 4;
    const timeout = protocol === 'tcp' ? `,connect-timeout=${0.4 * patience}` : '';
    try {
      const target = `${protocol.toUpperCase()}${family}:${host}:${port}${timeout}`;
      const answer = this.run(
        place,
        'sh',
        '-c',
        `echo hello | socat -t${0.4 * patience} -T${0.6 * patience} - ${target}`,
      );
      return unwrapped(answer.trim());
    } catch {
      return '';
    }
  }

  /** nft(8) on the engine's host. */
  nft(command: string): string {
    return this.run('engine', 'nft', command);
  }

  firewall(guarded: readonly (4 | 6)[] = [], acceptMark?: AcceptedMark): Firewall {
    return new Firewall({ context: NftContext.open(this.fd), table: 'portolan', guarded, acceptMark });
  }

  [Symbol.dispose](): void {
    for (const child of this.#processes) child.kill('SIGKILL');
    this.#stack.dispose();
  }

  #build(): void {
    for (const name of Object.values(this.#names)) {
      execFileSync('ip', ['netns', 'add', name]);
      this.#stack.defer(() => execFileSync('ip', ['netns', 'del', name]));
    }
    for (const place of Object.keys(this.#names) as Place[]) {
      this.run(place, 'sysctl', '-qw', 'net.ipv6.conf.default.accept_dad=0');
      this.#ip(place, 'link set lo up');
    }
    this.#wire('engine', 'eth0', 'remote', ['198.51.100.2/24', '2001:db8:100::2/64']);
    this.#ip('engine', 'addr add 198.51.100.1/24 dev eth0');
    this.#ip('engine', 'addr add 2001:db8:100::1/64 dev eth0 nodad');
    this.#wire('engine', 'eth1', 'far', ['203.0.113.2/24']);
    this.#ip('engine', 'addr add 203.0.113.1/24 dev eth1');
    this.#ip('far', 'route add default via 203.0.113.1');
    this.#ip('remote', 'route add 203.0.113.0/24 via 198.51.100.1');
    this.#sysctl('net.ipv4.ip_forward=1', 'net.ipv6.conf.all.forwarding=1');
    this.#bridge('br-a', '192.0.2.1/25', '2001:db8:a::1/64');
    this.#bridge('br-b', '192.0.2.129/25', '2001:db8:b::1/64');
    this.#container('a1', 'br-a', [`${addresses.a1}/25`, `${addresses.a1v6}/64`], ['192.0.2.1', '2001:db8:a::1']);
    this.#container('a2', 'br-a', [`${addresses.a2}/25`, '2001:db8:a::3/64'], ['192.0.2.1', '2001:db8:a::1']);
    this.#container('b1', 'br-b', [`${addresses.b1}/25`, `${addresses.b1v6}/64`], ['192.0.2.129', '2001:db8:b::1']);
    this.#ip('remote', 'route add 192.0.2.0/24 via 198.51.100.1');
    for (const net of ['a', 'b']) this.#ip('remote', `-6 route add 2001:db8:${net}::/64 via 2001:db8:100::1`);
  }

  #bridge(name: string, ...blocks: readonly string[]): void {
    this.#ip('engine', `link add ${name} type bridge`);
    for (const block of blocks)
      this.#ip('engine', `addr add ${block} dev ${name}${block.includes(':') ? ' nodad' : ''}`);
    this.#ip('engine', `link set ${name} up`);
    this.#sysctl(`net.ipv4.conf.${name}.route_localnet=1`);
  }

  #container(place: Place, bridge: string, blocks: readonly string[], gateways: readonly string[]): void {
    this.#wire('engine', `veth-${place}`, place, blocks);
    this.#ip('engine', `link set veth-${place} master ${bridge}`);
    // With br_netfilter the bridge itself forwards what was translated, and only so also to where it came from.
    this.#ip('engine', `link set veth-${place} type bridge_slave hairpin on`);
    for (const gateway of gateways) this.#ip(place, `route add default via ${gateway}`);
  }

  /** A veth pair: `link` here, eth0 with the addresses there. */
  #wire(here: Place, link: string, there: Place, blocks: readonly string[]): void {
    this.#ip(here, `link add ${link} type veth peer name eth0 netns ${this.#names[there]}`);
    this.#ip(here, `link set ${link} up`);
    for (const block of blocks) this.#ip(there, `addr add ${block} dev eth0${block.includes(':') ? ' nodad' : ''}`);
    this.#ip(there, 'link set eth0 up');
  }

  #ip(place: Place, command: string): void {
    execFileSync('ip', ['-n', this.#names[place], ...command.split(' ')]);
  }

  #sysctl(...settings: readonly string[]): void {
    for (const setting of settings) this.run('engine', 'sysctl', '-qw', setting);
  }
}

/** socat prints IPv6 in full and in brackets, also for IPv4 clients of an IPv6 socket. */
function unwrapped(printed: string): string {
  const bare = printed.replace(/^\[(.*)\]$/, '$1');
  if (!isIp(bare)) return bare;
  const { family, value } = parseIp(bare);
  const isMapped = family === 6 && value >> 32n === 0xffffn;
  return formatIp(isMapped ? { family: 4, value: value & 0xffff_ffffn } : { family, value });
}
