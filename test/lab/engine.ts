import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, globSync, mkdtempSync, openSync, readFileSync, realpathSync } from 'node:fs';
import { rm, rmdir } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CommandOptions, must, type Result, run } from './command.ts';
import type { LabHost } from './host.ts';
import { type Leftovers, leftoversOf, mountsUnder } from './leftovers.ts';
import { patience } from './patience.ts';
import { killAll, processesNaming } from './processes.ts';

const portolan = resolve(import.meta.dirname, '../../bin/portolan');
const readyMs = 30_000 * patience;

export type EngineOptions = {
  /** More flags of `portolan daemon`; they may need to know the folder of its files. */
  readonly flags?: readonly string[] | ((folder: string) => readonly string[]);
  /** More of its environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** The launcher of another copy than this checkout. */
  readonly launcher?: string;
};

/**
 * `await using engine = await LabEngine.start(host)`: an engine in a lab host, with data, run root and socket in a
 * folder of its own. Disposing takes away all that it made, whatever state it is in.
 */
export class LabEngine implements AsyncDisposable {
  readonly host: LabHost;
  /** All its files: data/, run/, engine.log. */
  readonly folder = mkdtempSync(join(realpathSync(tmpdir()), 'ptl-'));
  readonly dataRoot = join(this.folder, 'data');
  readonly execRoot = join(this.folder, 'run');
  readonly socket = join(this.execRoot, 'portolan.sock');
  readonly logFile = join(this.folder, 'engine.log');
  readonly #flags: readonly string[];
  readonly #env: Readonly<Record<string, string>>;
  readonly #launcher: string;
  #process: ChildProcess | undefined;

  private constructor(host: LabHost, options: EngineOptions) {
    this.host = host;
    const { flags = [] } = options;
    this.#flags = typeof flags === 'function' ? flags(this.folder) : flags;
    this.#env = options.env ?? {};
    this.#launcher = options.launcher ?? portolan;
  }

  /** Answers when it serves. On failure nothing is left, and the error holds its log. */
  static async start(host: LabHost, options: EngineOptions = {}): Promise<LabEngine> {
    const engine = new LabEngine(host, options);
    try {
      await engine.launch();
      return engine;
    } catch (error) {
      await engine[Symbol.asyncDispose]();
      throw error;
    }
  }

  get pid(): number {
    const pid = this.#process?.pid;
    if (pid === undefined) throw new Error('the engine is not running');
    return pid;
  }

  /** What docker's command line and our own need to find it. */
  get environment(): Readonly<Record<string, string>> {
    return { DOCKER_HOST: `unix://${this.socket}`, DOCKER_CONFIG: join(this.folder, 'docker-config') };
  }

  /** Runs the unmodified docker command on it. */
  docker(...args: readonly string[]): Promise<Result> {
    return this.dockerWith({}, ...args);
  }

  dockerWith(options: CommandOptions, ...args: readonly string[]): Promise<Result> {
    return run('docker', args, { ...options, env: { ...this.environment, ...options.env } });
  }

  /** The same for a command that must succeed: answers its standard output, trimmed. */
  async ok(...args: readonly string[]): Promise<string> {
    return (await must('docker', args, { env: this.environment })).trim();
  }

  /** Our own command line on it. */
  portolan(...args: readonly string[]): Promise<Result> {
    return run(this.#launcher, args, { env: this.environment });
  }

  log(): string {
    return readFileSync(this.logFile, 'utf8');
  }

  /** Starts it, in the lab host's network namespace; after stop() or kill9(), on the same data. */
  async launch(): Promise<void> {
    if (this.#process !== undefined) throw new Error('the engine is running already');
    const roots = ['--data-root', this.dataRoot, '--exec-root', this.execRoot];
    const own = ['--host', `unix://${this.socket}`, ...roots, '--pidfile', join(this.execRoot, 'portolan.pid')];
    const log = openSync(this.logFile, 'a');
    const args = [`--net=${this.host.netnsPath}`, this.#launcher, 'daemon', ...own, ...this.#flags];
    this.#process = spawn('nsenter', args, { stdio: ['ignore', log, log], env: { ...process.env, ...this.#env } });
    closeSync(log);
    await this.#untilReady(this.#process);
  }

  async #untilReady(child: ChildProcess): Promise<void> {
    const deadline = Date.now() + readyMs;
    while (!(await answers(this.socket))) {
      if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadline) {
        throw new Error(`the engine did not come up:\n${this.log()}`);
      }
      await sleep(20);
    }
  }

  /** Asks it to end, and waits until it has: 0 when it ended well. */
  async stop(): Promise<number | null> {
    return (await this.#end('SIGTERM'))?.exitCode ?? null;
  }

  /** As a crash: containers go on without it. */
  async kill9(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.launch();
  }

  async #end(signal: NodeJS.Signals): Promise<ChildProcess | undefined> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return child;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
    return child;
  }

  /** All that is there because of it, itself excepted: to compare before with after. */
  leftovers(): Promise<Leftovers> {
    return leftoversOf(this.host, this.folder, this.#process?.pid);
  }

  /** Of an engine that was killed, innermost first: they carry a hash of its data root. */
  #controlGroups(): string[] {
    const name = `portolan-${createHash('sha256').update(this.dataRoot).digest('hex').slice(0, 8)}`;
    return [...globSync(`/sys/fs/cgroup/*/${name}/**/`), ...globSync(`/sys/fs/cgroup/${name}/**/`)].sort().reverse();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill9();
    await killAll(processesNaming(this.folder).map(({ pid }) => pid));
    for (const point of mountsUnder(this.folder).reverse()) await run('umount', ['--lazy', point]);
    for (const group of this.#controlGroups()) await rmdir(group).catch(() => {}); // a process may still be ending
    await rm(this.folder, { recursive: true, force: true });
  }
}

function answers(socket: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const request = get({ socketPath: socket, path: '/_ping', timeout: 2000 }, (response) => {
    response.resume();
    resolve(response.statusCode === 200);
  });
  request.on('timeout', () => request.destroy());
  request.on('error', () => resolve(false));
  return promise;
}
