import { PassThrough } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { NetworkInspect } from '../../contract/index.ts';
import type { Context } from '../context.ts';
import type { Narrator } from './narrator.ts';
import type { Finished, Shell } from './shell.ts';

/** A link of the host as `ip -j link` tells it; numbers are interface indexes. */
export type Link = {
  readonly ifname: string;
  readonly ifindex: number;
  readonly link_index?: number;
  readonly master?: string;
};

/** What the steps share: the engine, the host's tools, and the names of what was made. */
export class Scene implements AsyncDisposable {
  readonly context: Context;
  readonly say: Narrator;
  readonly host: Shell;
  readonly image: string;
  readonly #stop: AbortSignal;
  readonly #names = new Map<string, string>();
  readonly #containers = new Set<string>();
  readonly #networks = new Set<string>();
  readonly #undo: (() => Promise<unknown>)[] = [];

  constructor(parts: {
    readonly context: Context;
    readonly say: Narrator;
    readonly host: Shell;
    readonly image: string;
    readonly stop: AbortSignal;
  }) {
    this.context = parts.context;
    this.say = parts.say;
    this.host = parts.host;
    this.image = parts.image;
    this.#stop = parts.stop;
  }

  /** The name that something of the tour got: its own, or with a prefix where the user has one of that name. */
  name(wanted: string): string {
    return this.#names.get(wanted) ?? wanted;
  }

  async chooseNames(containers: readonly string[], networks: readonly string[]): Promise<void> {
    const { client } = this.context;
    const taken = (await client.containers.list({ all: true })).flatMap(({ Names }) =>
      Names.map((name) => name.slice(1)),
    );
    for (const name of containers) this.#names.set(name, free(name, taken));
    const known = (await client.networks.list()).map(({ Name }) => Name);
    for (const name of networks) this.#names.set(name, free(name, known));
  }

  /** Runs our own command line and shows it with what it printed. */
  async portolan(...argv: readonly string[]): Promise<Finished> {
    const result = await this.quietly(argv);
    await this.say.command(`portolan ${argv.map(quoted).join(' ')}`, result.output);
    return result;
  }

  async quietly(argv: readonly string[]): Promise<Finished> {
    this.#stop.throwIfAborted();
    const stdin = new PassThrough();
    stdin.end();
    const output = new PassThrough();
    const chunks: Buffer[] = [];
    output.on('data', (chunk: Buffer) => chunks.push(chunk));
    const code = await this.context.again(argv, { stdin, stdout: output, stderr: output });
    return { output: Buffer.concat(chunks).toString(), code };
  }

  /** Makes a container that the end of the tour removes. Throws when the engine refuses. */
  async run(name: string, ...argv: readonly string[]): Promise<void> {
    const result = await this.tryRun(name, ...argv);
    if (result.code !== 0) throw new Error(result.output.trim());
  }

  async tryRun(name: string, ...argv: readonly string[]): Promise<Finished> {
    this.#containers.add(this.name(name));
    return this.portolan('run', ...argv);
  }

  /** Makes a network that the end of the tour removes. Throws when the engine refuses. */
  async createNetwork(name: string, ...options: readonly string[]): Promise<NetworkInspect> {
    this.#networks.add(this.name(name));
    const { code, output } = await this.portolan('network', 'create', ...options, this.name(name));
    if (code !== 0) throw new Error(output.trim());
    return this.context.client.networks.inspect(this.name(name));
  }

  /** Something else to be taken away, first of all, when the scene is cleared. Its own failure is no matter. */
  later(undo: () => Promise<unknown>): void {
    this.#undo.unshift(undo);
  }

  /** Runs a command in a container and shows it. */
  exec(container: string, ...argv: readonly string[]): Promise<Finished> {
    return this.portolan('exec', this.name(container), ...argv);
  }

  /** Runs one of the host's tools and shows it. */
  async tool(...argv: readonly string[]): Promise<Finished> {
    this.#stop.throwIfAborted();
    const result = await this.host.run(argv);
    await this.say.command(argv.map(quoted).join(' '), result.output);
    return result;
  }

  /** As `tool`, but shows only the lines that are about the matter. */
  async toolLines(about: RegExp, ...argv: readonly string[]): Promise<string> {
    this.#stop.throwIfAborted();
    const { output } = await this.host.run(argv);
    const lines = output
      .split('\n')
      .filter((line) => about.test(line))
      .join('\n');
    await this.say.command(argv.map(quoted).join(' '), lines);
    return lines;
  }

  links(): Promise<readonly Link[]> {
    return this.host.json<readonly Link[]>(['ip', '-j', 'link', 'show']);
  }

  /** A container's address on a network. */
  async address(container: string, network: string): Promise<string> {
    const { NetworkSettings } = await this.context.client.containers.inspect(this.name(container));
    return NetworkSettings.Networks[network]?.IPAddress ?? '';
  }

  async pid(container: string): Promise<number> {
    return (await this.context.client.containers.inspect(this.name(container))).State.Pid;
  }

  /** Asks again until it holds, for at most three seconds. Servers need a moment to listen. */
  async eventually(holds: () => Promise<boolean>): Promise<boolean> {
    for (let attempt = 0; attempt < 30; attempt++) {
      if (await holds()) return true;
      this.#stop.throwIfAborted();
      await delay(100);
    }
    return false;
  }

  get made(): { readonly containers: readonly string[]; readonly networks: readonly string[] } {
    return { containers: [...this.#containers], networks: [...this.#networks] };
  }

  /** Nothing of the tour is left to clear away any more. */
  forget(): void {
    this.#containers.clear();
    this.#networks.clear();
  }

  /** Removes what is still there, whatever happened; what is gone already is no failure. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { containers, networks } = this.context.client;
    for (const undo of this.#undo.splice(0)) await undo().catch(() => {});
    for (const name of this.#containers) {
      await containers.remove(name, { force: true, v: true, link: false }).catch(() => {});
    }
    for (const name of this.#networks) await networks.remove(name).catch(() => {});
  }
}

/** `wanted`, or with a prefix, or with a number behind it: the first that nobody has. */
function free(wanted: string, taken: readonly string[]): string {
  const numbered = Array.from({ length: taken.length + 1 }, (_none, at) => `tour-${wanted}-${at + 2}`);
  return [wanted, `tour-${wanted}`, ...numbered].find((name) => !taken.includes(name))!;
}

/** As it would be typed into a shell. */
const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);
