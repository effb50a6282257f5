import { PassThrough } from 'node:stream';
import { runCli } from '../index.ts';
import type { Input } from '../stdio.ts';

export type Done = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** Runs a command line in this process against an engine's socket, and collects what it prints. */
export async function runWith(
  host: string,
  argv: readonly string[],
  options: { readonly input?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Done> {
  const stdin: Input = new PassThrough();
  (stdin as PassThrough).end(options.input ?? '');
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const texts = Promise.all([textOf(stdout), textOf(stderr)]);
  const code = await runCli(argv, { PORTOLAN_HOST: host, ...options.env }, { stdin, stdout, stderr });
  stdout.end();
  stderr.end();
  const [out, err] = await texts;
  return { code, stdout: out, stderr: err };
}

async function textOf(stream: PassThrough): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
