import { announce } from '../container/announce.ts';
import type { Container } from '../container/container.ts';
import type { Parts } from '../parts.ts';

/**
 * A process of a container that was killed for lack of memory is told of at once: the container may well go on. Only
 * where memory is limited; of others it is known when they end.
 */
export function watchOom(parts: Parts, container: Container): Disposable | undefined {
  if (container.record.hostConfig.Memory === 0) return undefined;
  return parts.runtime.watchOom(container.id, container.state.oomKilled, () => {
    if (!container.running) return;
    container.update({ state: { oomKilled: true } });
    announce(parts, container, 'oom');
  });
}
