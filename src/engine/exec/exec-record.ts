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
  handle?: ExecHandle;
};

/** Ended instances stay to be inspected, the oldest go first. */
const kept = 1000;

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

  forgetContainer(containerId: string): void {
    for (const record of this.#records.values())
      if (record.containerId === containerId) this.#records.delete(record.id);
  }
}
