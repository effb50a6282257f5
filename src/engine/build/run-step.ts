import { StringDecoder } from 'node:string_decoder';
import { AppError, shortId } from '../../base/index.ts';
import { command, type Instruction } from '../../build/index.ts';
import { parseContainerCreate } from '../../contract/index.ts';
import { attachContainer } from '../attach/attach.ts';
import type { Container } from '../container/container.ts';
import { createContainer } from '../create/create.ts';
import type { Lifecycle } from '../run/lifecycle.ts';
import { removeContainer } from '../run/remove.ts';
import type { StageState } from './stage.ts';

/** A command that ended with something else than 0. */
export class CommandFailed extends AppError {
  readonly code: number;

  constructor(shown: string, code: number) {
    super('invalid', `The command '${shown}' returned a non-zero code: ${code}`);
    this.code = code;
  }
}

/** RUN: an ordinary container of the image so far; what it wrote becomes a layer. */
export const runStep =
  (lifecycle: Lifecycle) =>
  async (stage: StageState, { rest }: Instruction): Promise<void> => {
    const args = command(rest, stage.config);
    const told = stage.args.told(stage.env);
    const shown = args.join(' ');
    const hasArgs = stage.args.active(stage.env).size > 0;
    const createdBy = hasArgs ? [`|${told.length}`, ...told, shown].join(' ') : shown;
    if (await stage.fromCache(createdBy)) return;
    if (stage.image === undefined)
      throw new AppError('invalid', `RUN ${shown}: there is nothing to run in a stage FROM scratch`);
    const { parts, options, write } = stage.build;
    const container = await createStep(stage, stage.image, args);
    const settle = async (removes: boolean): Promise<void> => {
      if (removes) await removeContainer(parts, container, { force: true, volumes: true });
      else if (parts.containers.byId(container.id) !== undefined) container.update({ buildStep: false });
    };
    try {
      await write({ stream: ` ---> Running in ${shortId(container.id)}\n` });
      const code = await runToEnd(stage, lifecycle, container);
      if (code !== 0) throw new CommandFailed(shown, code);
      await stage.commit(createdBy, parts.images.rootfs.layer(container.id));
    } catch (error) {
      await settle(options.forceRemove || stage.build.signal.aborted);
      throw error;
    }
    await settle(options.remove);
    if (options.remove) await write({ stream: ` ---> Removed intermediate container ${shortId(container.id)}\n` });
  };

async function createStep(stage: StageState, image: string, args: readonly string[]): Promise<Container> {
  const { parts, options } = stage.build;
  const given = [...stage.args.active(stage.env)].map(([name, value]) => `${name}=${value}`);
  const body = parseContainerCreate({
    Image: image,
    Cmd: args,
    Entrypoint: [''],
    Env: given,
    AttachStdout: true,
    AttachStderr: true,
    Healthcheck: { Test: ['NONE'] },
  });
  const request = { ...body, HostConfig: options.hostConfig };
  const { Id } = await createContainer(parts, '', request, '', { buildStep: true });
  return parts.containers.byId(Id)!;
}

/** Streams what it says; ends it when the client is gone. Resolves with its exit code. */
async function runToEnd(stage: StageState, lifecycle: Lifecycle, container: Container): Promise<number> {
  const { parts, signal } = stage.build;
  const attach = { stdin: false, stdout: true, stderr: true, logs: false, stream: true };
  const session = await attachContainer(parts, container, attach);
  const { done, cancel } = container.waiters.add('next-exit');
  const stop = (): void => {
    lifecycle.kill(container, 'SIGKILL').catch(() => {}); // it has ended by itself
  };
  try {
    signal.throwIfAborted();
    await lifecycle.start(container);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    await copyOutput(stage, session.output);
    const { StatusCode } = await done;
    signal.throwIfAborted();
    return StatusCode;
  } finally {
    signal.removeEventListener('abort', stop);
    cancel();
    session.detach();
  }
}

const red = (text: string): string => `\x1b[91m${text}\x1b[0m`;

async function copyOutput(
  { build }: StageState,
  output: AsyncIterable<{ readonly stream: 'stdout' | 'stderr'; readonly data: Buffer }>,
): Promise<void> {
  const decoders = { stdout: new StringDecoder('utf8'), stderr: new StringDecoder('utf8') };
  for await (const { stream, data } of output) {
    const text = decoders[stream].write(data);
    if (text !== '') await build.write({ stream: stream === 'stderr' ? red(text) : text });
  }
}
