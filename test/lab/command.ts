import { execFile } from 'node:child_process';
import { patience } from './patience.ts';

export type Result = { readonly stdout: string; readonly stderr: string; readonly code: number };
export type CommandOptions = {
  /** Written to standard input, which is then closed. */
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** 60 s unless told; times patience. */
  readonly timeoutMs?: number;
};

/** Runs a program to its end. A refusal is an answer: only a program that cannot be started, or hangs, throws. */
export function run(program: string, args: readonly string[], options: CommandOptions = {}): Promise<Result> {
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  const env = { ...process.env, ...options.env };
  // docker passes SIGTERM on to its container, and waits on.
  const limits = {
    timeout: (options.timeoutMs ?? 60_000) * patience,
    killSignal: 'SIGKILL' as const,
    maxBuffer: 64 << 20,
    env,
  };
  const child = execFile(program, args, limits, (error, stdout, stderr) => {
    if (error === null) resolve({ stdout, stderr, code: 0 });
    else if (typeof error.code === 'number') resolve({ stdout, stderr, code: error.code });
    else reject(new Error(`${program} ${args.join(' ')}: ${error.killed ? 'timed out' : error.message}\n${stderr}`));
  });
  // A program that ends without reading is no failure of ours.
  child.stdin?.on('error', () => {});
  child.stdin?.end(options.input ?? '');
  return promise;
}

/** The same, where anything but success is a failure: answers standard output. */
export async function must(program: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { stdout, stderr, code } = await run(program, args, options);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')}: exit code ${code}\n${stderr}${stdout}`);
  return stdout;
}
