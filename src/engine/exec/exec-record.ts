import { AppError } from '../../base/index.ts';
import type { ExecCreateBody } from '../../contract/index.ts';
import type { ExecHandle } from '../../runtime/index.ts';

/** One exec instance. Lives in memory: it cannot outlive the engine that holds its streams. */
export type ExecRecord = {
  readonly id: string;
  readonly containerId: string;
  readonly body: ExecCreateBody;
  state: 'created' | 'running' | 'exited';
  /** null until it has ended. */
  exitCode: number | null;
  /** On the host; 0 before it runs. */
  pid: number;
  /** Set while it runs: it holds pipes and what is in them. */
  handle?: ExecHandle | undefined;
};

/** Ended instances stay to be inspected, the oldest go first. A client that asks does so at once. */
const kept = 200;

export class ExecStore {
  readonly #records = new Map<string, ExecRecord>();

  put(record: ExecRecord): void {
    this.#records.set(record.id, record);
    if (this.#records.size <= kept) return;
    for (const { id, state } of this.#records.values()) {
      if (state === 'running') continue;
      this.#records.delete(id);
      return;
    }
  }

  get(id: string): ExecRecord {
    const record = this.#records.get(id);
    if (record === undefined) throw new AppError('not-found', `No such exec instance: ${id}`);
    return record;
  }

  /** Nothing to do for one that was forgotten with its container while it ran. */
  ended(id: string, exitCode: number): void {
    const record = this.#records.get(id);
    if (record === undefined) return;
    record.state = 'exited';
    record.exitCode = exitCode;
    record.handle = undefined;
  }

  /** Nobody will ask for it. */
  forget(id: string): void {
    this.#records.delete(id);
  }

  forgetContainer(containerId: string): void {
    for (const record of this.#records.values())
      if (record.containerId === containerId) this.#records.delete(record.id);
  }
}
