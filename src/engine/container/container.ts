import type { Attachment } from '../../runtime/index.ts';
import type { Table } from '../../store/index.ts';
import { type ContainerRecord, type ContainerState, isRunning } from './record.ts';
import { Waiters } from './waiters.ts';

/** A container the engine knows: its durable record, and what only lives as long as the engine does. */
export class Container {
  readonly waiters = new Waiters();
  /** Ids of its exec instances that still run. */
  readonly execs = new Set<string>();
  /** Who holds its root file system mounted, besides its run: to be aborted when it is removed. */
  readonly borrowers = new Set<AbortController>();
  /** Set while a restart policy waits to start it again. */
  restartTimer: NodeJS.Timeout | undefined;
  restartDelayMs = 0;
  /** Set while a client restarts it: it comes back at once. */
  restarts = false;
  /** Resolves when the end of the current run, or of the last one, is recorded and cleaned up after. */
  ended: Promise<void> = Promise.resolve();
  /** Clients that attached before the start. */
  #pending: ((attach: Promise<Attachment> | undefined) => void)[] = [];
  readonly #table: Table<ContainerRecord>;
  #record: ContainerRecord;
  #forgotten = false;

  constructor(table: Table<ContainerRecord>, record: ContainerRecord) {
    this.#table = table;
    this.#record = record;
  }

  get record(): ContainerRecord {
    return this.#record;
  }

  get id(): string {
    return this.#record.id;
  }

  get state(): ContainerState {
    return this.#record.state;
  }

  get running(): boolean {
    return isRunning(this.#record.state);
  }

  /** The changed record is durable when this returns; one that was forgotten meanwhile stays so. */
  update(patch: Partial<Omit<ContainerRecord, 'id' | 'state'>> & { readonly state?: Partial<ContainerState> }): void {
    const { state, ...rest } = patch;
    this.#record = { ...this.#record, ...rest, state: { ...this.#record.state, ...state } };
    if (!this.#forgotten) this.#table.put(this.#record);
  }

  forget(): void {
    this.#forgotten = true;
    this.#table.delete(this.#record.id);
  }

  /** Resolves with the attachment of the next start, or undefined when that start fails. */
  nextAttachment(): Promise<Attachment | undefined> {
    return new Promise((resolve) => this.#pending.push(resolve as (attach: Promise<Attachment> | undefined) => void));
  }

  get awaited(): boolean {
    return this.#pending.length > 0;
  }

  /** Each waiting client gets an attachment of its own. */
  async attachPending(attach: () => Promise<Attachment>): Promise<void> {
    const pending = this.#pending.splice(0);
    await Promise.all(
      pending.map(async (resolve) => {
        const attachment = attach();
        resolve(attachment);
        await attachment;
      }),
    );
  }

  dropPending(): void {
    for (const resolve of this.#pending.splice(0)) resolve(undefined);
  }
}
