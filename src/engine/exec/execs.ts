import { AppError, newId } from '../../base/index.ts';
import type { ExecCreateBody, ExecInspect } from '../../contract/index.ts';
import { type ExecHandle, resolveUser } from '../../runtime/index.ts';
import { type Session, session } from '../attach/session.ts';
import { announce } from '../container/announce.ts';
import type { Container } from '../container/container.ts';
import { linkedTo } from '../create/links.ts';
import type { Parts } from '../parts.ts';
import { environment } from '../run/environment.ts';
import { exitCodeOf } from '../run/exit-code.ts';

export type ExecStart = {
  readonly detach: boolean;
  readonly tty: boolean;
  readonly consoleSize: readonly [number, number] | undefined;
};

/** Processes run in containers that are up. They are forgotten with their container. */
export class Execs {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async create(ref: string, body: ExecCreateBody): Promise<{ readonly Id: string }> {
    const container = this.#parts.containers.find(ref);
    checkRuns(container);
    if (body.Cmd === null || body.Cmd.length === 0) throw new AppError('invalid', 'No exec command specified');
    if (body.User !== '') this.#user(container, body);
    const id = newId();
    this.#parts.execs.put({ id, containerId: container.id, body, state: 'created', exitCode: null, pid: 0 });
    container.execs.add(id);
    announce(this.#parts, container, `exec_create: ${commandText(body.Cmd)}`, { execID: id });
    return { Id: id };
  }

  async start(id: string, options: ExecStart): Promise<Session | undefined> {
    const { body } = this.#parts.execs.get(id);
    const handle = await this.launch(id, options);
    if (options.detach) return undefined;
    return session(handle.attach(), {
      tty: body.Tty,
      stdin: body.AttachStdin,
      wants: (stream) => (stream === 'stdout' ? body.AttachStdout : body.AttachStderr),
    });
  }

  /** Starts one that was created. Throws conflict when it has run, or its container does not. */
  async launch(id: string, options: ExecStart): Promise<ExecHandle> {
    const exec = this.#parts.execs.get(id);
    const container = this.#parts.containers.find(exec.containerId);
    if (exec.state !== 'created') throw new AppError('conflict', `Error: Exec command ${id} has already run`);
    checkRuns(container);
    exec.state = 'running';
    announce(this.#parts, container, `exec_start: ${commandText(exec.body.Cmd!)}`, { execID: id });
    return this.#run(container, id, exec.body, options);
  }

  async #run(container: Container, id: string, body: ExecCreateBody, options: ExecStart): Promise<ExecHandle> {
    const exec = this.#parts.execs.get(id);
    try {
      exec.handle = await this.#parts.runtime.exec(container.id, await this.#request(container, id, body, options));
    } catch (error) {
      this.#ended(container, id, exitCodeOf(error));
      checkRuns(container); // it was paused, or ended, meanwhile
      throw error;
    }
    exec.pid = exec.handle.pid;
    void exec.handle.exit.then(({ code }) => this.#finish(container, id, code));
    return exec.handle;
  }

  async #request(container: Container, id: string, body: ExecCreateBody, options: ExecStart) {
    const { record } = container;
    const user = this.#user(container, body);
    const size = options.consoleSize ?? body.ConsoleSize ?? undefined;
    return {
      execId: id,
      args: body.Cmd!,
      env: environment(record, user.home, linkedTo(this.#parts, container), { tty: body.Tty, more: body.Env }),
      cwd: body.WorkingDir || record.config.WorkingDir || '/',
      user,
      tty: body.Tty,
      privileged: body.Privileged,
      openStdin: body.AttachStdin,
      detached: options.detach,
      ...(size === undefined ? {} : { consoleSize: { height: size[0]!, width: size[1]! } }),
    };
  }

  /** Throws `invalid` for one that the container does not know. */
  #user({ record }: Container, { User }: ExecCreateBody): ReturnType<typeof resolveUser> {
    const rootfs = this.#parts.images.rootfs.paths(record.id, record.imageId).merged;
    return resolveUser(rootfs, User || record.config.User, record.hostConfig.GroupAdd);
  }

  #finish(container: Container, id: string, code: number): void {
    this.#ended(container, id, code);
    announce(this.#parts, container, 'exec_die', { execID: id, exitCode: String(code) });
  }

  #ended(container: Container, id: string, code: number): void {
    this.#parts.execs.ended(id, code);
    container.execs.delete(id);
  }

  forget(id: string): void {
    this.#parts.execs.forget(id);
  }

  inspect(id: string): ExecInspect {
    const { body, state, exitCode, pid, containerId } = this.#parts.execs.get(id);
    const [entrypoint = '', ...args] = body.Cmd ?? [];
    return {
      ID: id,
      Running: state === 'running',
      ExitCode: exitCode,
      Pid: pid,
      ContainerID: containerId,
      ProcessConfig: { tty: body.Tty, entrypoint, arguments: args, privileged: body.Privileged, user: body.User },
      OpenStdin: body.AttachStdin,
      OpenStdout: body.AttachStdout,
      OpenStderr: body.AttachStderr,
      CanRemove: false,
      DetachKeys: body.DetachKeys,
    };
  }

  async resize(id: string, height: number, width: number): Promise<void> {
    const { handle, state } = this.#parts.execs.get(id);
    if (handle === undefined || state !== 'running') throw new AppError('conflict', `exec ${id} is not running`);
    await handle.resize(height, width);
  }
}

/** As Docker writes it: the program, a blank, and the arguments, also when there are none. */
const commandText = ([program = '', ...args]: readonly string[]): string => `${program} ${args.join(' ')}`;

function checkRuns(container: Container): void {
  if (container.state.status === 'restarting') {
    const text = `Container ${container.id} is restarting, wait until the container is running`;
    throw new AppError('conflict', text);
  }
  if (container.state.status === 'paused') {
    throw new AppError('conflict', `Container ${container.record.name} is paused, unpause the container before exec`);
  }
  if (!container.running) throw new AppError('conflict', `container ${container.id} is not running`);
}
