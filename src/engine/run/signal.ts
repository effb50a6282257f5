import { AppError } from '../../base/index.ts';
import { announce } from '../container/announce.ts';
import type { Container } from '../container/container.ts';
import type { Parts } from '../parts.ts';

/** Throws `conflict` when the container's process has ended. */
export async function sendSignal(parts: Parts, container: Container, signal: number): Promise<void> {
  const tell = (): void => announce(parts, container, 'kill', { signal: String(signal) });
  await parts.runtime.kill(container.id, signal, tell);
}

/** For a process that may end at any moment: what has ended needs no signal. */
export async function sendIfAlive(parts: Parts, container: Container, signal: number): Promise<void> {
  try {
    await sendSignal(parts, container, signal);
  } catch (error) {
    if (!(error instanceof AppError && error.kind === 'conflict')) throw error;
  }
}
