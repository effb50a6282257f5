import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { Log } from '../../src/base/index.ts';
import { HostResolvers } from '../../src/network/dns/index.ts';
import {
  createNetworkController,
  type NetworkController,
  type NetworkCreate,
  type NetworkOptions,
  type NetworkStore,
  type SandboxRequest,
} from '../../src/network/index.ts';
import type { EndpointRequest } from '../../src/store/index.ts';
import { createNetns, warmThreadPool } from '../../src/syscall/netns.ts';
import { memoryStore } from './memory-store.ts';

/** A machine of its own for one test: a network namespace, a run directory, records, and the network on them. */
export class NetworkLab {
  readonly store: NetworkStore = memoryStore();
  readonly notices: string[] = [];
  /** What the reconciler found otherwise than it had left it. */
  readonly mends: string[] = [];
  /** Lines of the log, from warnings up. */
  readonly warnings: string[] = [];
  readonly #dir = mkdtempSync(join(tmpdir(), 'portolan-lab-'));
  readonly #netns = createNetns();
  readonly #options: Partial<NetworkOptions>;
  network!: NetworkController;
  /** A resolv.conf in the place of the host's, from the next start of the engine on. */
  resolvConf: string | undefined;

  private constructor(options: Partial<NetworkOptions>) {
    this.#options = options;
  }

  static async open(t: TestContext, options: Partial<NetworkOptions> = {}): Promise<NetworkLab> {
    await warmThreadPool();
    const lab = new NetworkLab(options);
    t.after(() => lab.#close());
    lab.ip('link set lo up');
    return lab;
  }

  /** The same with the engine's network started. */
  static async start(t: TestContext, options: Partial<NetworkOptions> = {}): Promise<NetworkLab> {
    const lab = await NetworkLab.open(t, options);
    await lab.restart();
    return lab;
  }

  /** As a new process on the same records and the same kernel. The old one is dropped as a killed process would be. */
  async restart(options: Partial<NetworkOptions> = {}): Promise<void> {
    await this.network?.stop();
    this.network = createNetworkController({
      options: { ...this.#defaults(), ...this.#options, ...options },
      store: this.store,
      log: new Log('warn', (line) => this.#warned(line)),
      hostNetns: this.#netns.fd,
      ...(this.resolvConf === undefined ? {} : { hostResolvers: new HostResolvers(this.resolvConf, '') }),
    });
    await this.network.start();
  }

  /** Where the engine looks for plugins first. */
  get pluginDir(): string {
    return join(this.#dir, 'plugins');
  }

  /** For processes that live in the lab, as long as this one runs. */
  get netnsPath(): string {
    return `/proc/${process.pid}/fd/${this.#netns.fd}`;
  }

  get runDir(): string {
    return join(this.#dir, 'run');
  }

  /** Output of a command in the lab's namespace; a failure throws. */
  run(command: string, ...args: string[]): string {
    return run(`/proc/${process.pid}/fd/${this.#netns.fd}`, command, args);
  }

  ip(words: string): string {
    return this.run('ip', ...words.split(' '));
  }

  /** What `ip -j` says, parsed. */
  ipJson<T = Record<string, unknown>>(words: string): T[] {
    return JSON.parse(this.ip(`-j ${words}`) || '[]') as T[];
  }

  nft(...args: string[]): string {
    return this.run('nft', ...args);
  }

  /** Output of a command in a container's namespace. */
  inside(containerId: string, command: string, ...args: string[]): string {
    return run(this.network.sandboxOf(containerId)!.netnsPath, command, args);
  }

  /** The same without holding up this process, whose resolver may have to answer. */
  async insideLater(containerId: string, command: string, ...args: string[]): Promise<string> {
    const netns = `--net=${this.network.sandboxOf(containerId)!.netnsPath}`;
    const { stdout } = await promisify(execFile)('nsenter', [netns, command, ...args]);
    return stdout;
  }

  /** A command that goes on in a container's namespace; who starts it ends it. */
  background(containerId: string, command: string, ...args: string[]): ChildProcess {
    const netns = `--net=${this.network.sandboxOf(containerId)!.netnsPath}`;
    return spawn('nsenter', [netns, command, ...args], { stdio: 'ignore' });
  }

  /** The same, for what it says. */
  listen(containerId: string, command: string, ...args: string[]): ChildProcess {
    const netns = `--net=${this.network.sandboxOf(containerId)!.netnsPath}`;
    return spawn('nsenter', [netns, command, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  }

  insideJson<T = Record<string, unknown>>(containerId: string, words: string): T[] {
    return JSON.parse(this.inside(containerId, 'ip', '-j', ...words.split(' ')) || '[]') as T[];
  }

  /** Whether a ping from a container is answered. */
  pings(containerId: string, address: string): boolean {
    try {
      this.inside(containerId, 'ping', '-c3', '-i0.2', '-W1', address);
      return true;
    } catch {
      return false;
    }
  }

  /** Attaches a container to networks and builds its sandbox. */
  async up(containerId: string, networks: readonly string[], more: Partial<SandboxRequest> = {}): Promise<void> {
    for (const name of networks) await this.network.connect(containerId, name, endpoint());
    await this.network.sandboxUp({ ...this.sandbox(containerId), ...more });
  }

  sandbox(containerId: string): SandboxRequest {
    return sandboxRequest(containerId, join(this.#dir, 'files', containerId));
  }

  /** How many namespaces in the run directory are nobody's. One may be there: the next sandbox's, made ahead. */
  strayPins(): number {
    const owned = new Set(this.store.sandboxes.all().map(({ id }) => id.slice(0, 12)));
    return listed(this.runDir).filter((name) => !name.startsWith('.') && !owned.has(name)).length;
  }

  /** As if the engine were killed after it had built the sandbox and before it wrote that down. */
  killHalfway(containerId: string): void {
    const { sandbox } = this.network.sandboxOf(containerId)!;
    this.store.sandboxes.delete(sandbox.id);
    for (const { lease, ...rest } of this.store.endpoints.all()) {
      if (rest.containerId === containerId && lease !== undefined) this.store.endpoints.put(rest);
    }
  }

  /** As after the machine was started anew. */
  losePin(containerId: string): void {
    const { netnsPath } = this.network.sandboxOf(containerId)!;
    spawnSync('umount', ['-l', netnsPath]);
  }

  /** "172.17.0.2" of a container on a network. */
  address(containerId: string, networkName: string): string {
    const { id } = this.network.network(networkName);
    const found = this.network.endpointsOf(containerId).find(({ networkId }) => networkId === id);
    return found!.lease!.ipv4!.split('/')[0]!;
  }

  #defaults(): NetworkOptions {
    return {
      runDir: this.runDir,
      pluginDir: this.pluginDir,
      dns: [],
      dnsSearch: [],
      dnsOptions: [],
      ipForward: true,
      ipMasquerade: true,
      icc: true,
      table: 'portolan-lab',
      notice: (message) => this.notices.push(message),
    };
  }

  #warned(line: string): void {
    this.warnings.push(line);
    if (line.includes('mending')) this.mends.push(line);
  }

  async #close(): Promise<void> {
    await this.network?.stop();
    for (const name of listed(this.runDir)) spawnSync('umount', ['-l', join(this.runDir, name)]);
    rmSync(this.#dir, { recursive: true, force: true });
    this.#netns[Symbol.dispose]();
  }
}

/** An id as containers have. */
export const containerId = (digit: string): string => digit.repeat(64);

export const endpoint = (more: Partial<EndpointRequest> = {}): EndpointRequest => ({
  aliases: [],
  links: [],
  linkLocal: [],
  driverOptions: {},
  gatewayPriority: 0,
  ...more,
});

export const sandboxRequest = (id: string, filesDir: string): SandboxRequest => ({
  containerId: id,
  containerName: `c-${id.slice(0, 4)}`,
  hostname: id.slice(0, 12),
  domainname: '',
  ports: [],
  sysctls: {},
  dns: [],
  dnsSearch: [],
  dnsOptions: [],
  extraHosts: [],
  filesDir,
});

export const networkCreate = (name: string, more: Partial<NetworkCreate> = {}): NetworkCreate => ({
  name,
  driver: '',
  ipv4: true,
  ipv6: false,
  internal: false,
  attachable: false,
  ipam: { driver: '', options: {}, pools: [] },
  options: {},
  labels: {},
  ...more,
});

function run(netns: string, command: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('nsenter', [`--net=${netns}`, command, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: exit ${status}: ${stderr}${stdout}`);
  return stdout;
}

function listed(dir: string): readonly string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}
