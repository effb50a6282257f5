import { AppError } from '../../base/index.ts';
import type { LogEntry } from '../../runtime/index.ts';
import { announce } from '../container/announce.ts';
import type { Container } from '../container/container.ts';
import { containerFiles } from '../container/files.ts';
import { never } from '../container/record.ts';
import type { Parts } from '../parts.ts';
import { type Session, session } from './session.ts';

export type AttachOptions = {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly logs: boolean;
  readonly stream: boolean;
};

/** POST /containers/{id}/attach: also before the start, which is the normal case. */
export async function attachContainer(parts: Parts, container: Container, options: AttachOptions): Promise<Session> {
  const { record } = container;
  if (container.state.status === 'paused') {
    throw new AppError('conflict', `container ${container.id} is paused, unpause the container before attach`);
  }
  const stdin = options.stdin && record.config.OpenStdin;
  const coming = options.stream ? attachmentOf(parts, container, stdin) : Promise.resolve(undefined);
  announce(parts, container, 'attach');
  return session(coming, {
    tty: record.config.Tty,
    stdin,
    wants: (stream) => options[stream],
    ...(options.logs ? { before: logged(parts, container, options) } : {}),
  });
}

function attachmentOf(parts: Parts, container: Container, stdin: boolean): ReturnType<Container['nextAttachment']> {
  return container.running ? parts.runtime.attach(container.id, { stdin }) : container.nextAttachment();
}

/** What the container has said so far. */
function logged(parts: Parts, container: Container, { stdout, stderr }: AttachOptions): AsyncIterable<LogEntry> {
  return parts.runtime.logs(
    containerFiles(parts, container.id).log,
    { stdout, stderr, follow: false },
    Promise.resolve(),
    AbortSignal.abort(),
  );
}

export type LogOptions = {
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly follow: boolean;
  readonly tail: number | undefined;
  /** Nanoseconds since 1970, as `until`. */
  readonly since: bigint | undefined;
  readonly until: bigint | undefined;
};

/** GET /containers/{id}/logs: follows until the container ends or the client goes away; one that never ran has none. */
export function readLogs(
  parts: Parts,
  container: Container,
  options: LogOptions,
  signal: AbortSignal,
): AsyncIterable<LogEntry> {
  if (!options.stdout && !options.stderr) {
    throw new AppError('invalid', 'Bad parameters: you must choose at least one stream');
  }
  if (container.record.hostConfig.LogConfig.Type === 'none') {
    throw new AppError('not-implemented', 'configured logging driver does not support reading');
  }
  if (container.state.startedAt === never && !container.running) return nothing();
  const ended = options.follow && container.running ? nextExit(container, signal) : Promise.resolve();
  const query = {
    stdout: options.stdout,
    stderr: options.stderr,
    follow: options.follow,
    ...(options.tail === undefined ? {} : { tail: options.tail }),
    ...(options.since === undefined ? {} : { since: options.since }),
    ...(options.until === undefined ? {} : { until: options.until }),
  };
  return parts.runtime.logs(containerFiles(parts, container.id).log, query, ended, signal);
}

function nextExit({ waiters }: Container, signal: AbortSignal): Promise<unknown> {
  const { done, cancel } = waiters.add('next-exit');
  signal.addEventListener('abort', cancel, { once: true });
  return done;
}

async function* nothing(): AsyncGenerator<LogEntry> {}
