import { spawn } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import type { EngineProcess } from './engine-namespace.ts';

/** What a command printed (both streams, in order of arrival) and how it ended. */
export type Finished = { readonly output: string; readonly code: number };

const limitMs = 20_000;

/** Runs the host's own tools where the engine's links and rules are. */
export class Shell {
  readonly #prefix: readonly string[];
  /** Whether the engine has a network namespace that is not ours. */
  readonly elsewhere: boolean;

  constructor(engine: EngineProcess) {
    this.elsewhere = engine.namespace !== readlinkSync('/proc/self/ns/net');
    this.#prefix = this.elsewhere ? ['nsenter', `--net=/proc/${engine.pid}/ns/net`] : [];
  }

  run(argv: readonly string[]): Promise<Finished> {
    return finished([...this.#prefix, ...argv]);
  }

  async json<T>(argv: readonly string[]): Promise<T> {
    const { output, code } = await this.run(argv);
    if (code !== 0) throw new Error(`${argv.join(' ')}: ${output.trim()}`);
    return JSON.parse(output === '' ? '[]' : output) as T;
  }
}

/** A command that does not answer in time is ended: the tour must go on. */
export async function finished(argv: readonly string[]): Promise<Finished> {
  const [program = '', ...rest] = argv;
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'pipe'], timeout: limitMs });
  let output = '';
  const take = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ output: `${program}: ${error.message}\n`, code: 127 }));
    child.on('close', (code) => resolve({ output, code: code ?? 128 }));
  });
}
