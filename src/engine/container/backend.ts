import type { Readable } from 'node:stream';
import { AppError, prefixed } from '../../base/index.ts';
import {
  type ContainerCreateBody,
  type ContainerInspect,
  type ContainerStats,
  type ContainerSummary,
  checkFilters,
  type Filters,
  type TopBody,
  type UpdateBody,
} from '../../contract/index.ts';
import type { Change } from '../../image/index.ts';
import type { LogEntry } from '../../runtime/index.ts';
import { readingRoot } from '../archive/borrow.ts';
import { type AttachOptions, attachContainer, type LogOptions, readLogs } from '../attach/attach.ts';
import { logDetails } from '../attach/log-details.ts';
import type { Session } from '../attach/session.ts';
import { createContainer } from '../create/create.ts';
import { removeLink } from '../create/links.ts';
import { checkName } from '../create/validate.ts';
import { type CommitOptions, commitContainer } from '../image/commit.ts';
import { exportContainer } from '../image/export.ts';
import type { Parts } from '../parts.ts';
import type { Lifecycle, StopOptions } from '../run/lifecycle.ts';
import { type RemoveOptions, removeContainer } from '../run/remove.ts';
import { updateContainer } from '../run/update.ts';
import { unlessTaken } from '../system/unless-taken.ts';
import { matchesPrune } from '../view/filter.ts';
import { inspectContainer } from '../view/inspect.ts';
import { type ListOptions, listContainers } from '../view/list.ts';
import { statsOf } from '../view/stats.ts';
import { topContainer } from '../view/top.ts';
import { announce } from './announce.ts';
import type { Container } from './container.ts';
import type { WaitCondition, WaitResult } from './waiters.ts';

/** The containers as the API asks for them: names become containers here, the work is elsewhere. */
export class ContainersBackend {
  readonly #parts: Parts;
  readonly #lifecycle: Lifecycle;

  constructor(parts: Parts, lifecycle: Lifecycle) {
    this.#parts = parts;
    this.#lifecycle = lifecycle;
  }

  #find(ref: string): Container {
    return this.#parts.containers.find(ref);
  }

  create(
    name: string,
    body: ContainerCreateBody,
    platform: string,
  ): Promise<{ readonly Id: string; readonly Warnings: readonly string[] }> {
    return createContainer(this.#parts, name, body, platform);
  }

  list(options: ListOptions): Promise<ContainerSummary[]> {
    return listContainers(this.#parts, options);
  }

  async inspect(ref: string, { size }: { readonly size: boolean }): Promise<ContainerInspect> {
    return inspectContainer(this.#parts, this.#find(ref), size);
  }

  async start(ref: string): Promise<void> {
    await this.#lifecycle.start(this.#find(ref));
  }

  async stop(ref: string, options: StopOptions): Promise<void> {
    await this.#lifecycle.stop(this.#find(ref), options);
  }

  async restart(ref: string, options: StopOptions): Promise<void> {
    await this.#lifecycle.restart(this.#find(ref), options);
  }

  async kill(ref: string, signal: string): Promise<void> {
    await this.#lifecycle.kill(
      prefixed(`cannot kill container: ${ref}`, () => this.#find(ref)),
      signal,
    );
  }

  async pause(ref: string): Promise<void> {
    await this.#lifecycle.pause(this.#find(ref));
  }

  async unpause(ref: string): Promise<void> {
    await this.#lifecycle.unpause(this.#find(ref));
  }

  async rename(ref: string, asked: string): Promise<void> {
    const container = this.#find(ref);
    if (asked === '') throw new AppError('invalid', 'Neither old nor new names may be empty');
    const problem = 'Error when allocating new name';
    // Docker's text names it with its slash, given or not.
    const name = prefixed(problem, () => checkName(asked.replace(/^\/?/, '/')));
    // In the container's queue: one that is removed meanwhile must not come back by its new name.
    await this.#parts.queue.run(container.id, async () => {
      this.#find(container.id);
      const oldName = container.record.name;
      if (name === oldName)
        throw new AppError('invalid', 'Renaming a container with the same name as its current name');
      using _name = prefixed(problem, () => this.#parts.containers.reserve(name, container.id));
      await this.#parts.network.rename(container.id, name, oldName);
      this.#parts.containers.rename(container, name);
      announce(this.#parts, container, 'rename', { oldName: `/${oldName}` });
    });
  }

  async remove(ref: string, options: RemoveOptions & { readonly link: boolean }): Promise<void> {
    if (options.link) await removeLink(this.#parts, ref);
    else await removeContainer(this.#parts, this.#find(ref), options);
  }

  wait(ref: string, condition: WaitCondition): { readonly done: Promise<WaitResult>; cancel(): void } {
    const container = this.#find(ref);
    const isUp = container.running || container.state.status === 'restarting';
    if (condition === 'not-running' && !isUp) {
      return { done: Promise.resolve({ StatusCode: container.state.exitCode, Error: null }), cancel() {} };
    }
    return container.waiters.add(condition);
  }

  async attach(ref: string, options: AttachOptions): Promise<Session> {
    return attachContainer(this.#parts, this.#find(ref), options);
  }

  async logs(
    ref: string,
    options: LogOptions,
    signal: AbortSignal,
  ): Promise<{ readonly tty: boolean; readonly details: string; readonly lines: AsyncIterable<LogEntry> }> {
    const container = this.#find(ref);
    const { record } = container;
    const lines = readLogs(this.#parts, container, options, signal);
    return { tty: record.config.Tty, details: logDetails(record), lines };
  }

  async resize(ref: string, height: number, width: number): Promise<void> {
    const container = this.#find(ref);
    if (!container.running) throw new AppError('conflict', `container ${container.id} is not running`);
    await this.#parts.runtime.resize(container.id, height, width);
    announce(this.#parts, container, 'resize', { height: String(height), width: String(width) });
  }

  async top(ref: string, psArgs: string): Promise<TopBody> {
    return topContainer(this.#parts, this.#find(ref), psArgs);
  }

  stats(
    ref: string,
    options: { readonly stream: boolean; readonly oneShot: boolean },
    signal: AbortSignal,
  ): AsyncIterable<ContainerStats> {
    return statsOf(this.#parts, this.#find(ref), options, signal);
  }

  async update(ref: string, body: UpdateBody): Promise<{ readonly Warnings: readonly string[] | null }> {
    const container = this.#find(ref);
    return this.#parts.queue.run(container.id, () => updateContainer(this.#parts, this.#find(container.id), body));
  }

  /** Removes what does not run. */
  async prune(
    filters: Filters,
  ): Promise<{ readonly ContainersDeleted: readonly string[] | null; readonly SpaceReclaimed: number }> {
    checkFilters(filters, ['label', 'label!', 'until']);
    const wanted = matchesPrune(filters);
    const gone = this.#parts.containers
      .all()
      .filter(
        ({ state, record }) =>
          ['created', 'exited', 'dead'].includes(state.status) && wanted(record.config.Labels, record.created),
      );
    const deleted: string[] = [];
    let SpaceReclaimed = 0;
    for (const container of gone) {
      if (this.#parts.containers.byId(container.id) !== container) continue;
      const size = await this.#parts.images.rootfs.size(container.id);
      const removing = removeContainer(this.#parts, container, { force: false, volumes: false });
      if (!(await unlessTaken(removing))) continue;
      deleted.push(container.id);
      SpaceReclaimed += size;
    }
    this.#parts.events.emit('container', 'prune', '', { reclaimed: String(SpaceReclaimed) });
    return { ContainersDeleted: deleted.length === 0 ? null : deleted, SpaceReclaimed };
  }

  async changes(ref: string): Promise<readonly Change[]> {
    const container = this.#find(ref);
    return readingRoot(this.#parts, container, () =>
      this.#parts.images.rootfs.changes(container.id, container.record.imageId),
    );
  }

  async export(ref: string): Promise<Readable> {
    return exportContainer(this.#parts, this.#find(ref));
  }

  async commit(ref: string, options: CommitOptions & { readonly pause: boolean }): Promise<{ readonly Id: string }> {
    const container = this.#find(ref);
    const pauses = options.pause && (await this.#lifecycle.pauseIfRunning(container));
    try {
      return { Id: await commitContainer(this.#parts, container, options) };
    } finally {
      if (pauses) await this.#lifecycle.unpauseIfPaused(container);
    }
  }
}
