import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, messageOf, prefixed } from '../../base/index.ts';
import { signalNumber } from '../../runtime/index.ts';
import { announce } from '../container/announce.ts';
import type { Container } from '../container/container.ts';
import type { HealthMonitors } from '../health/monitors.ts';
import type { Parts } from '../parts.ts';
import { containerEnded, scheduleRestart } from './ended.ts';
import { LogRotation } from './log-rotation.ts';
import { leaveNetwork } from './network.ts';
import { watchOom } from './oom.ts';
import { sendIfAlive, sendSignal } from './signal.ts';
import { startContainer } from './start.ts';

export type StopOptions = { readonly timeout: number | undefined; readonly signal: string | undefined };
type ParsedStop = { readonly timeout: number | undefined; readonly signal: number | undefined };
const defaultStopSeconds = 10;
/** How long kill waits for what cannot refuse to die, in seconds. */
const killSeconds = 10;
const SIGKILL = 9;

/** The verbs that move a container from one state to another. */
export class Lifecycle {
  readonly #parts: Parts;
  readonly #health: HealthMonitors;
  readonly #logs: LogRotation;

  constructor(parts: Parts, health: HealthMonitors) {
    this.#parts = parts;
    this.#health = health;
    this.#logs = new LogRotation(parts);
  }

  /**
   * Asked for by a client: its restart policy begins anew. Throws not-modified when it runs already; what waits for its
   * policy's next try counts as running in Docker, and goes on waiting.
   */
  async start(container: Container): Promise<void> {
    await this.#parts.queue.run(container.id, async () => {
      if (container.state.status === 'restarting') {
        throw new AppError('not-modified', `container ${container.id} is already running`);
      }
      if (!container.running) {
        container.restartDelayMs = 0;
        if (container.record.restartCount > 0) container.update({ restartCount: 0 });
      }
      await this.startNow(container);
    });
  }

  /** For callers that are in the container's queue already. */
  startNow = async (container: Container): Promise<void> => {
    await startContainer(this.#parts, container);
    this.#health.forget(container);
    this.watch(container);
  };

  /** Waits for the process of a running container to end, and then does what follows. */
  watch(container: Container): void {
    const { runtime, log } = this.#parts;
    this.#health.resume(container);
    const oom = watchOom(this.#parts, container);
    const keeping = this.#logs.keep(container);
    container.ended = runtime
      .exit(container.id)
      .finally(async () => {
        oom?.[Symbol.dispose]();
        this.#health.end(container);
        await keeping[Symbol.asyncDispose]();
      })
      .then((exit) => containerEnded(this.#parts, container, exit, this.startNow))
      .catch((error: unknown) => log.error(`container ${container.id}: ${messageOf(error)}`));
  }

  /** A container whose policy wants it to run again: after an exit, or found ended when the engine came back. */
  restartLater(container: Container): void {
    container.update({ state: { status: 'restarting' } });
    scheduleRestart(this.#parts, container, 0, this.startNow);
  }

  /** Asks, waits, kills; answers when the exit is recorded. Throws not-modified when it does not run. */
  async stop(container: Container, options: StopOptions): Promise<void> {
    await this.#stop(container, parsed(`cannot stop container: ${container.record.name}`, options));
  }

  async #stop(container: Container, options: ParsedStop): Promise<void> {
    if (await this.#gaveUpRestart(container)) {
      announce(this.#parts, container, 'stop');
      return;
    }
    if (!container.running) throw new AppError('not-modified', `container ${container.id} is not running`);
    container.update({ stoppedByUser: true });
    const { done, cancel } = container.waiters.add('next-exit');
    try {
      if (container.state.status === 'paused') await this.unpauseIfPaused(container);
      await this.#signalAndWait(container, options, done);
    } finally {
      cancel();
    }
    announce(this.#parts, container, 'stop');
  }

  async #signalAndWait(container: Container, options: ParsedStop, done: Promise<unknown>): Promise<void> {
    const { config } = container.record;
    const seconds = options.timeout ?? config.StopTimeout ?? defaultStopSeconds;
    await sendIfAlive(this.#parts, container, options.signal ?? signalNumber(config.StopSignal || 'SIGTERM'));
    if (seconds !== 0) {
      const timer = new AbortController();
      const timeout = seconds < 0 ? new Promise(() => {}) : sleep(seconds * 1000, 'timeout', { signal: timer.signal });
      const first = await Promise.race([done, timeout]);
      timer.abort();
      if (first !== 'timeout') return;
    }
    await sendIfAlive(this.#parts, container, SIGKILL);
    await done;
  }

  async kill(container: Container, signal: string): Promise<void> {
    const problem = `cannot kill container: ${container.record.name}`;
    const number = signal === '' ? SIGKILL : prefixed(problem, () => signalNumber(signal));
    if (await this.#gaveUpRestart(container)) return;
    if (!container.running) throw new AppError('conflict', `${problem}: container ${container.id} is not running`);
    const stops = number === SIGKILL || number === signalNumber(container.record.config.StopSignal || 'SIGTERM');
    if (stops) container.update({ stoppedByUser: true });
    if (number === SIGKILL) await this.#killAndWait(container);
    else await sendSignal(this.#parts, container, number);
  }

  /** Answers when the exit is recorded, or after a while: a process can hang in the kernel. */
  async #killAndWait(container: Container): Promise<void> {
    const { done, cancel } = container.waiters.add('next-exit');
    const timer = new AbortController();
    try {
      await sendIfAlive(this.#parts, container, SIGKILL);
      const late = sleep(killSeconds * 1000, undefined, { signal: timer.signal }).catch(() => {});
      await Promise.race([done, late]);
    } finally {
      timer.abort();
      cancel();
    }
  }

  async restart(container: Container, options: StopOptions): Promise<void> {
    const stop = parsed(`Cannot restart container ${container.record.name}`, options);
    container.restarts = true;
    try {
      if (container.running || container.state.status === 'restarting') await this.#stop(container, stop);
      await this.start(container);
    } finally {
      container.restarts = false;
      await this.#leaveIfDown(container);
    }
    announce(this.#parts, container, 'restart');
  }

  /** In the container's queue, as `unpause`: what ends meanwhile must not be told to be paused, or to run, afterwards. */
  async pause(container: Container): Promise<void> {
    await this.#parts.queue.run(container.id, async () => {
      if (container.state.status === 'paused')
        throw new AppError('conflict', `Container ${container.id} is already paused`);
      if (container.state.status === 'restarting') {
        const text = `Container ${container.id} is restarting, wait until the container is running`;
        throw new AppError('conflict', text);
      }
      if (!container.running) throw new AppError('conflict', `container ${container.id} is not running`);
      await this.#parts.runtime.pause(container.id);
      container.update({ state: { status: 'paused' } });
      this.#health.suspend(container);
      announce(this.#parts, container, 'pause');
    });
  }

  async unpause(container: Container): Promise<void> {
    await this.#parts.queue.run(container.id, async () => {
      if (container.state.status !== 'paused')
        throw new AppError('conflict', `Container ${container.id} is not paused`);
      await this.#parts.runtime.resume(container.id);
      container.update({ state: { status: 'running' } });
      this.#health.resume(container);
      announce(this.#parts, container, 'unpause');
    });
  }

  /** Whether it ran, and is now paused by who asked. */
  async pauseIfRunning(container: Container): Promise<boolean> {
    try {
      await this.pause(container);
      return true;
    } catch (error) {
      if (!(error instanceof AppError && error.kind === 'conflict')) throw error;
      return false;
    }
  }

  /** For who paused it: killed or let go by somebody else meanwhile, it is paused no more. */
  async unpauseIfPaused(container: Container): Promise<void> {
    try {
      await this.unpause(container);
    } catch (error) {
      if (!(error instanceof AppError && error.kind === 'conflict')) throw error;
    }
  }

  /** Whether a restart was still to come, and now is not. One that has begun comes to its end first: then it runs. */
  async #gaveUpRestart(container: Container): Promise<boolean> {
    let given = false;
    const giveUp = (): void => {
      if (container.state.status !== 'restarting') return;
      clearTimeout(container.restartTimer);
      container.update({ stoppedByUser: true, state: { status: 'exited' } });
      container.waiters.tell('exit', container.state.exitCode, '');
      given = true;
    };
    // What has run only for a moment is already waiting again.
    while (container.state.status === 'restarting') await this.#parts.queue.run(container.id, giveUp);
    if (given && !container.restarts) await this.#leaveIfDown(container);
    return given;
  }

  /** A container that was to start again and did not holds nobody's network any more. */
  async #leaveIfDown(container: Container): Promise<void> {
    if (!this.#parts.shares.shares(container.id)) return;
    await this.#parts.queue.run(container.id, async () => {
      const isUp = container.running || container.state.status === 'restarting';
      if (!isUp) await leaveNetwork(this.#parts, container);
    });
  }
}

/** With the number of the signal that a client names, before anything is done. Throws `invalid` with Docker's texts. */
const parsed = (problem: string, { timeout, signal }: StopOptions): ParsedStop => ({
  timeout,
  signal: signal === undefined ? undefined : prefixed(problem, () => signalNumber(signal)),
});
