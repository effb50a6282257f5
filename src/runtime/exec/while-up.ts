import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../base/index.ts';
import type { LiveContainer } from '../container.ts';
import { isAlive } from '../process/child.ts';

/** How long a container may take to end that was already ending: what the runtime left in it is to be reaped first. */
const endingMs = 1000;

/** Starts something in a container. When that fails because the container has ended, `conflict` says so. */
export async function whileUp<T>(live: LiveContainer, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    const isRefusal = error instanceof AppError && error.kind === 'invalid';
    if (!(await ends(live, isRefusal ? 0 : endingMs))) throw error;
    throw new AppError('conflict', `container ${live.id} is not running`, { cause: error });
  }
}

/** Its first process can be on its way out before anything shows it: then its end comes soon. */
async function ends(live: LiveContainer, withinMs: number): Promise<boolean> {
  if (live.dying || !isAlive(live.pid)) return true;
  return Promise.race([live.exit.then(() => true), sleep(withinMs, false, { ref: false })]);
}
