import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { type CommandOptions, must, type Result, run } from './command.ts';
import { killAll } from './processes.ts';

/** A machine of the lab: a network namespace with an address on the lab's segment. */
export type LabHost = {
  /** As the namespace is called: "ptl-1a2b-web". */
  readonly name: string;
  readonly netnsPath: string;
  /** On eth0, without prefix; the segment is 192.0.2.0/24 and 2001:db8::/64. */
  readonly ipv4: string;
  readonly ipv6: string;
  /** Runs a program there. Only the network is another: files, processes and control groups are the machine's own. */
  exec(program: string, args: readonly string[], options?: CommandOptions): Promise<Result>;
  /** The same for a program that must succeed: answers its standard output. */
  must(program: string, args: readonly string[], options?: CommandOptions): Promise<string>;
  /** Starts a program there, which is ended with the lab. */
  spawn(program: string, args: readonly string[], options?: SpawnOptions): ChildProcess;
};

/**
 * Hosts joined by one segment, a bridge in a namespace of its own. The machine's own namespace is left alone; disposing
 * ends all that runs in the lab and takes its namespaces away.
 */
export class Lab implements AsyncDisposable {
  readonly #id = randomBytes(2).toString('hex');
  readonly #hosts = new Map<string, LabHost>();
  readonly #children = new Set<ChildProcess>();
  readonly #namespaces: string[] = [];

  /** The host of that name (at most six characters); a new one at the first call. */
  async host(name: string): Promise<LabHost> {
    const known = this.#hosts.get(name);
    if (known !== undefined) return known;
    if (this.#hosts.size === 0) await this.#addSegment();
    const number = this.#hosts.size + 1;
    const namespace = await this.#addNamespace(name);
    const host = this.#describe(namespace, number);
    this.#hosts.set(name, host);
    await this.#plug(host);
    return host;
  }

  async #addSegment(): Promise<void> {
    const segment = await this.#addNamespace('segment');
    await must('ip', ['-n', segment, 'link', 'add', 'br0', 'type', 'bridge']);
    await must('ip', ['-n', segment, 'link', 'set', 'br0', 'up']);
  }

  async #addNamespace(name: string): Promise<string> {
    const namespace = `ptl-${this.#id}-${name}`;
    await must('ip', ['netns', 'add', namespace]);
    this.#namespaces.push(namespace);
    await must('ip', ['-n', namespace, 'link', 'set', 'lo', 'up']);
    return namespace;
  }

  #describe(namespace: string, number: number): LabHost {
    const netnsPath = `/run/netns/${namespace}`;
    const inside = (program: string, args: readonly string[]): string[] => [`--net=${netnsPath}`, program, ...args];
    return {
      name: namespace,
      netnsPath,
      ipv4: `192.0.2.${number}`,
      ipv6: `2001:db8::${number}`,
      exec: (program, args, options) => run('nsenter', inside(program, args), options),
      must: (program, args, options) => must('nsenter', inside(program, args), options),
      spawn: (program, args, options = {}) => this.#watch(spawn('nsenter', inside(program, args), options)),
    };
  }

  #watch(child: ChildProcess): ChildProcess {
    this.#children.add(child);
    child.once('exit', () => this.#children.delete(child));
    return child;
  }

  /** eth0 there, a port of the segment's bridge here: born in their namespaces, so that nothing passes through ours. */
  async #plug(host: LabHost): Promise<void> {
    const segment = `ptl-${this.#id}-segment`;
    const port = `to-${host.ipv4.split('.')[3]}`;
    await must('ip', ['-n', segment, 'link', 'add', port, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', host.name]);
    await must('ip', ['-n', segment, 'link', 'set', port, 'master', 'br0', 'up']);
    await must('ip', ['-n', host.name, 'address', 'add', `${host.ipv4}/24`, 'dev', 'eth0']);
    await must('ip', ['-n', host.name, 'address', 'add', `${host.ipv6}/64`, 'dev', 'eth0', 'nodad']);
    await must('ip', ['-n', host.name, 'link', 'set', 'eth0', 'up']);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await killAll([...this.#children].flatMap(({ pid }) => pid ?? []));
    for (const namespace of this.#namespaces.splice(0)) {
      const { stdout } = await run('ip', ['netns', 'pids', namespace]);
      await killAll(stdout.split('\n').filter(Boolean).map(Number));
      await run('ip', ['netns', 'delete', namespace]);
    }
    this.#hosts.clear();
  }
}

/** `await using lab = await createLab()`. */
export const createLab = async (): Promise<Lab> => new Lab();
