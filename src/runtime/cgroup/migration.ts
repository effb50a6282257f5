import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CgroupTree } from './tree.ts';

/** How long a finished move makes the next ones quick: at least one RCU grace period, here taken as its shortest. */
const quickForMs = 5;

/**
 * Moving a process into a control group takes a lock whose first writer waits for an RCU grace period, 8 to 16 ms
 * (percpu_rw_semaphore, kernel/rcu/sync.c), and those that come within the next period do not wait. The OCI runtime's
 * first move comes 10 ms after its start, so we begin the wait when it starts: by a move to where we are already.
 */
export class MigrationLock {
  readonly #file: string;
  #taking = false;
  #takenAt = Number.NEGATIVE_INFINITY;

  constructor(file: string) {
    this.#file = file;
  }

  static async find(tree: CgroupTree): Promise<MigrationLock> {
    const group = ownGroup(await readFile('/proc/self/cgroup', 'utf8'), tree.version);
    return new MigrationLock(tree.path('pids', group, 'cgroup.procs'));
  }

  /** Begins the wait and does not wait for it. Changes nothing; a refusal costs only the time it would have saved. */
  warm(): void {
    if (this.#taking || performance.now() - this.#takenAt < quickForMs) return;
    this.#taking = true;
    const done = (): void => {
      this.#taking = false;
      this.#takenAt = performance.now();
    };
    writeFile(this.#file, String(process.pid)).then(done, done);
  }
}

/** Our own group in the hierarchy of pids, or in the only one: reads the text of /proc/self/cgroup. */
export function ownGroup(text: string, version: '1' | '2'): string {
  const line = text.split('\n').find((row) => {
    const [, controllers = ''] = row.split(':');
    return version === '2' ? controllers === '' : controllers.split(',').includes('pids');
  });
  return join('/', line?.split(':').slice(2).join(':') ?? '');
}
