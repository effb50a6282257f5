import { join } from 'node:path';
import { type LabHost, run } from '../../lab/index.ts';
import { until } from '../../lab/until.ts';
import { makeNetwork, type Network } from './made.ts';
import { kinds } from './networks.ts';
import { type Destination, probe } from './probe.ts';

/** A target of a table's column: what it is called, and where it is for a network. */
const targets = [
  'own4:80',
  'own4:81',
  'own6:80',
  'own6:81',
  'host4',
  'host6',
  'lo4',
  'lo6',
  'lo4-only',
  'out4',
  'out6',
] as const;

type Cell = {
  readonly network: Network;
  readonly client: string;
  readonly target: string;
  /** The client's. */
  readonly netnsPath: string;
  readonly destination: Destination;
};

/** Who reaches whom: the whole table, by an engine's own interface, in a lab of two hosts. */
export class AccessMatrix {
  readonly #socket: string;
  readonly #host: LabHost;
  readonly #outside: LabHost;
  readonly #second: string;
  readonly #networks: Network[] = [];

  /** `second` is an address of the host's segment that nobody has. */
  constructor(socket: string, host: LabHost, outside: LabHost, second: string) {
    this.#socket = socket;
    this.#host = host;
    this.#outside = outside;
    this.#second = second;
  }

  /** Networks and containers, and servers in them. Once, before the first measure. */
  async build(): Promise<void> {
    await this.#prepare();
    for (const [index, kind] of kinds(this.#second).entries())
      this.#networks.push(await makeNetwork(this.#socket, kind, index));
    await Promise.all(
      [this.#outside.netnsPath, ...this.#networks.map(({ server }) => server.netnsPath)].map((path) =>
        this.#serve(path),
      ),
    );
  }

  /**
   * Lines of a table: network, client, and for each target what TCP and, where it differs, UDP comes to within `ms`.
   * Clients are `itself` and `peer` in the network, `of-nat` and `of-routed` in others.
   */
  async measure(ms: number): Promise<string[]> {
    const cells = this.#networks.flatMap((network) => this.#cellsOf(network));
    const answers = new Map<Cell, string>();
    const groups = [...Map.groupBy(cells, ({ netnsPath }) => netnsPath)];
    const worker = async (): Promise<void> => {
      for (let group = groups.shift(); group !== undefined; group = groups.shift()) {
        const [netnsPath, asked] = group;
        const said = await probe(
          netnsPath,
          asked.map(({ destination }) => destination),
          ms,
        );
        for (const [at, cell] of asked.entries()) answers.set(cell, this.#named(said[at]!, cell));
      }
    };
    // As many programs at once as two processors start without anybody being late.
    await Promise.all(Array.from({ length: 4 }, worker));
    return Array.from(
      Map.groupBy(cells, ({ network, client }) => `${network.name} ${client}`),
      ([name, row]) => {
        const words = Array.from(
          Map.groupBy(row, ({ target }) => target),
          ([target, pair]) => {
            const [tcp, udp] = pair.map((cell) => answers.get(cell));
            return `${target}=${tcp === udp ? tcp : `${tcp}/${udp}`}`;
          },
        );
        return `${name}: ${words.join(' ')}`;
      },
    );
  }

  #cellsOf(network: Network): Cell[] {
    const [nat, routed] = [this.#networks[0]!, this.#networks[2]!];
    const clients = [
      ['remote', this.#outside.netnsPath],
      ['host', this.#host.netnsPath],
      ['itself', network.server.netnsPath],
      ['peer', network.peer.netnsPath],
      ...(network === nat ? [] : [['of-nat', nat.peer.netnsPath] as const]),
      ...(network === routed ? [] : [['of-routed', routed.peer.netnsPath] as const]),
    ] as const;
    return clients.flatMap(([client, netnsPath]) =>
      targets.flatMap((target) =>
        (['tcp', 'udp'] as const).flatMap((protocol) => {
          const destination = this.#destination(network, client, target, protocol);
          return destination === undefined ? [] : [{ network, client, target, netnsPath, destination }];
        }),
      ),
    );
  }

  #destination(
    { server, all, loopback }: Network,
    client: string,
    target: (typeof targets)[number],
    protocol: 'tcp' | 'udp',
  ): Destination | undefined {
    const at = (address: string, port: number): Destination | undefined =>
      address === '' ? undefined : { protocol, address, port };
    if (target === 'own4:80' || target === 'own4:81') return at(server.ipv4, Number(target.slice(-2)));
    if (target === 'own6:80' || target === 'own6:81') return at(server.ipv6, Number(target.slice(-2)));
    if (target === 'host4') return at(this.#host.ipv4, all);
    if (target === 'host6') return at(this.#host.ipv6, all);
    if (target === 'out4') return client === 'itself' ? at(this.#outside.ipv4, 80) : undefined;
    if (target === 'out6') return client === 'itself' ? at(this.#outside.ipv6, 80) : undefined;
    if (client !== 'host') return target === 'lo4-only' ? at(this.#host.ipv4, loopback) : undefined;
    return target === 'lo6' ? at('::1', all) : at('127.0.0.1', target === 'lo4' ? all : loopback);
  }

  /** An address by whose it is. */
  #named(answer: string, { network: { server, peer }, client }: Cell): string {
    const known = new Map([
      [this.#outside.ipv4, 'remote'],
      [this.#outside.ipv6, 'remote'],
      [this.#host.ipv4, 'host'],
      [this.#host.ipv6, 'host'],
      [this.#second, 'second'],
      [server.ipv4, 'itself'],
      [server.ipv6, 'itself'],
      [peer.ipv4, 'peer'],
      [peer.ipv6, 'peer'],
      [server.ipv4.replace(/\d+$/, '1'), 'gateway'],
      [server.ipv6.replace(/:[^:]+$/, ':1'), 'gateway'],
    ]);
    const name = known.get(answer) ?? (answer.startsWith('10.77.') || answer.startsWith('fd77:') ? 'other' : answer);
    return name === client ? 'own' : name;
  }

  async #prepare(): Promise<void> {
    await this.#host.must('ip', ['addr', 'add', `${this.#second}/24`, 'dev', 'eth0']);
    await this.#outside.must('ip', ['route', 'add', '10.77.0.0/16', 'via', this.#host.ipv4]);
    await this.#outside.must('ip', ['-6', 'route', 'add', 'fd77::/16', 'via', this.#host.ipv6]);
  }

  async #serve(netnsPath: string): Promise<void> {
    this.#host.spawn('nsenter', [`--net=${netnsPath}`, process.execPath, join(import.meta.dirname, 'server.ts')], {
      stdio: 'ignore',
    });
    await until('a server', async () => {
      const { stdout } = await run('nsenter', [`--net=${netnsPath}`, 'ss', '-Hlntu', 'sport = 81']);
      return stdout.trim().split('\n').length >= 2;
    });
  }
}
