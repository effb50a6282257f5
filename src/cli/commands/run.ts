import { setTimeout as delay } from 'node:timers/promises';
import type { CreateRequest, ExitReport } from '../../client/index.ts';
import type { Context } from '../context.ts';
import { createRequest, type Streams, streamsOf } from '../create/body.ts';
import { createContainer } from '../create/container.ts';
import { type CreateValues, createFlags } from '../create/flags.ts';
import { refusedAsDocker } from '../create/refusal.ts';
import { command } from '../parse/command.ts';
import { toggle } from '../parse/flag.ts';
import { detachKeysFlag, sigProxyFlag } from '../parse/list-flags.ts';
import { attached } from '../session/attached.ts';

type RunValues = CreateValues & { readonly detach: boolean; readonly detachKeys: string; readonly sigProxy: boolean };

export const run = command({
  usage: '[OPTIONS] IMAGE [COMMAND] [ARG...]',
  summary: 'Create and run a new container from an image',
  operands: { least: 1 },
  complete: ['images'],
  passThrough: true,
  flags: {
    ...createFlags,
    detach: toggle('-d, --detach', 'Run container in background and print container ID'),
    detachKeys: detachKeysFlag,
    sigProxy: sigProxyFlag,
  },
  run: (context, [image = '', ...words], values) =>
    refusedAsDocker(context, 'run', () => runContainer(context, image, words, values)),
});

async function runContainer(
  context: Context,
  image: string,
  words: readonly string[],
  values: RunValues,
): Promise<number> {
  if (values.detach && values.attach.length > 0)
    throw new Error('conflicting options: cannot specify both --attach and --detach');
  const streams = streamsOf(values, values.detach);
  if (values.tty && streams.stdin && context.stdio.stdin.isTTY !== true) {
    await context.err('the input device is not a TTY\n');
    return 1;
  }
  const body = createRequest(image, words, values, streams, context.env);
  const id = await createContainer(context, { ...body, ...consoleSize(body, context) }, values);
  return values.detach ? startDetached(context, id, values) : startAttached(context, id, values, streams);
}

/** A terminal is born with our terminal's size, so that the first screen is drawn right. */
function consoleSize(body: CreateRequest, { stdio: { stdout } }: Context): Partial<CreateRequest> {
  if (body.Tty !== true || stdout.rows === undefined || stdout.columns === undefined) return {};
  return { HostConfig: { ...body.HostConfig, ConsoleSize: [stdout.rows, stdout.columns] } };
}

async function startDetached(context: Context, id: string, values: RunValues): Promise<number> {
  await context.client.containers.start(id, values.detachKeys);
  await context.out(`${id}\n`);
  return 0;
}

async function startAttached(context: Context, id: string, values: RunValues, streams: Streams): Promise<number> {
  const { containers } = context.client;
  const waiting = containers.wait(id, values.rm ? 'removed' : 'next-exit');
  waiting.catch(() => {});
  const stream = await containers.attach(id, { ...streams, detachKeys: values.detachKeys });
  const { exit } = await waiting;
  const outcome = await attached(
    context,
    { container: id, stream, exit, tty: values.tty, stdin: streams.stdin, proxySignals: values.sigProxy },
    () => start(context, id, values, exit),
  );
  return outcome.detached ? 0 : outcome.exitCode;
}

/** A container that cannot start and was to be removed is removed by the engine: that is seen through before we say why. */
async function start(context: Context, id: string, values: RunValues, exit: Promise<ExitReport>): Promise<void> {
  try {
    await context.client.containers.start(id, values.detachKeys);
  } catch (error) {
    if (values.rm) await Promise.race([exit, delay(3000, undefined, { ref: false })]).catch(() => {});
    throw error;
  }
}
