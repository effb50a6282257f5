import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { ExitReport } from '../../client/index.ts';
import type { Context } from '../context.ts';
import { proxySignals } from './signals.ts';
import { copyInput, copyOutput } from './streams.ts';
import { followSize, rawMode } from './terminal.ts';

export type Session = {
  readonly container: string;
  readonly stream: Duplex;
  readonly exit: Promise<ExitReport>;
  readonly tty: boolean;
  readonly stdin: boolean;
  readonly proxySignals: boolean;
};

/** How a session ended: the container's exit code, or the user has detached with the escape keys. */
export type Outcome = { readonly detached: true } | { readonly detached: false; readonly exitCode: number };

/** How long an exit may take to be reported after the stream has ended, before we look whether the container runs. */
const graceMs = 250;

/**
 * Joins our streams, terminal and signals with a container's. `begin` runs when all is in place and before any input is
 * sent: it starts the container, when it is not running yet.
 */
export async function attached(context: Context, session: Session, begin: () => Promise<void>): Promise<Outcome> {
  const { containers } = context.client;
  const { container, stream, tty } = session;
  using stack = new DisposableStack();
  stack.defer(() => stream.destroy());
  if (session.proxySignals) stack.use(proxySignals((signal) => containers.kill(container, signal)));
  const output = copyOutput(stream, tty, context.stdio);
  output.catch(() => {});
  await begin();
  if (session.stdin) {
    if (tty) stack.use(await rawMode(context.stdio.stdin));
    stack.use(copyInput(context.stdio.stdin, stream));
  }
  if (tty) {
    stack.use(followSize(context.stdio.stdout, (rows, columns) => containers.resize(container, rows, columns)));
  }
  await output;
  const report = await Promise.race([session.exit, delay(graceMs, undefined, { ref: false })]);
  if (report === undefined && (await isRunning(context, container))) return { detached: true };
  return { detached: false, exitCode: exitCodeOf(report ?? (await session.exit)) };
}

async function isRunning(context: Context, container: string): Promise<boolean> {
  const { State } = await context.client.containers.inspect(container);
  return State.Running;
}

/** 125 when the engine could not tell how the container ended. */
function exitCodeOf({ StatusCode, Error: failure }: ExitReport): number {
  if (failure) throw new Error(failure.Message);
  return StatusCode;
}
