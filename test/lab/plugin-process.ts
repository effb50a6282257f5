import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { State } from './plugin/state.ts';

const program = join(import.meta.dirname, 'plugin/main.ts');

export type PluginOptions = {
  /** Of the namespace it serves. */
  readonly netnsPath: string;
  readonly socket: string;
  /** Whether it has to be told again what it gave, after each start. */
  readonly forgets?: boolean;
};

type Call = { readonly method: string; readonly body: Record<string, unknown> };

/** The plugin of test/lab/plugin as a process of its own, which can be killed and started again. */
export class PluginProcess implements AsyncDisposable {
  readonly #options: PluginOptions;
  readonly #dir = mkdtempSync(join(tmpdir(), 'portolan-plugin-'));
  #process: ChildProcess | undefined;

  private constructor(options: PluginOptions) {
    this.#options = options;
  }

  static async start(options: PluginOptions): Promise<PluginProcess> {
    const plugin = new PluginProcess(options);
    await plugin.launch();
    return plugin;
  }

  /** Answers when it listens. */
  async launch(): Promise<void> {
    const { netnsPath, socket, forgets = false } = this.#options;
    mkdirSync(dirname(socket), { recursive: true });
    const args = [`--net=${netnsPath}`, process.execPath, '--disable-warning=ExperimentalWarning', program];
    const child = spawn('nsenter', [...args, socket, this.#stateFile], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, PLUGIN_FORGETS: forgets ? '1' : '0' },
    });
    this.#process = child;
    const first = await Promise.race([once(child.stdout!, 'data'), once(child, 'exit')]);
    if (`${first[0]}` !== 'ready\n') throw new Error(`the plugin did not start: ${first[0]}`);
  }

  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  /** What it was asked since `forgetCalls`, in order: "NetworkDriver.Join". */
  calls(): readonly Call[] {
    const file = `${this.#stateFile}.calls`;
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line) as Call);
  }

  methods(prefix = ''): readonly string[] {
    return this.calls()
      .map(({ method }) => method)
      .filter((method) => method.startsWith(prefix));
  }

  forgetCalls(): void {
    rmSync(`${this.#stateFile}.calls`, { force: true });
  }

  /** What it has on disk. */
  state(): State {
    return JSON.parse(readFileSync(this.#stateFile, 'utf8')) as State;
  }

  get #stateFile(): string {
    return join(this.#dir, 'state.json');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    rmSync(this.#dir, { recursive: true, force: true });
    rmSync(this.#options.socket, { force: true });
  }
}
