import { messageOf } from '../../base/index.ts';
import type { Exit } from '../../runtime/index.ts';
import { announce, announceNetworks, announceVolumes } from '../container/announce.ts';
import type { Container } from '../container/container.ts';
import type { Parts } from '../parts.ts';
import { waitsForOwner } from './network.ts';
import { removeRecord } from './remove.ts';
import { nextDelayMs, shouldRestart } from './restart-policy.ts';
import { tearDown } from './tear-down.ts';

/** How a container is started again: passed in, since starting leads back here. */
export type Start = (container: Container) => Promise<void>;

/** What follows the end of a container's process: clean up, tell, and restart or remove as its policy says. */
export async function containerEnded(parts: Parts, container: Container, exit: Exit, start: Start): Promise<void> {
  await parts.queue.run(container.id, async () => {
    if (!container.running) return; // found ended twice: by its monitor and by the recovery
    const { hostConfig, stoppedByUser, restartCount } = container.record;
    const restart = shouldRestart(hostConfig.RestartPolicy, { exitCode: exit.code, stoppedByUser, restartCount });
    const toldOom = container.state.oomKilled;
    const ranMs = exit.at.getTime() - Date.parse(container.state.startedAt);
    container.update({
      restartCount: restart ? restartCount + 1 : restartCount,
      state: {
        status: restart ? 'restarting' : 'exited',
        pid: 0,
        exitCode: exit.code,
        oomKilled: exit.oomKilled || toldOom,
        finishedAt: exit.at.toISOString(),
      },
    });
    if (exit.oomKilled && !toldOom) announce(parts, container, 'oom');
    if (!parts.shares.held(container.id)) announceNetworks(parts, container, 'disconnect');
    announceVolumes(parts, container, 'unmount');
    announce(parts, container, 'die', { exitCode: String(exit.code), execDuration: String(Math.round(ranMs / 1000)) });
    const returns = restart || container.restarts;
    await tearDown(parts, container, returns);
    if (hostConfig.AutoRemove && !returns) await removeRecord(parts, container, { volumes: true });
    else container.waiters.tell('exit', exit.code, '');
    if (restart) scheduleRestart(parts, container, ranMs, start);
  });
}

export function scheduleRestart(parts: Parts, container: Container, ranMs: number, start: Start): void {
  container.restartDelayMs = nextDelayMs(container.restartDelayMs, ranMs);
  const restart = async (): Promise<void> => {
    if (container.state.status !== 'restarting') return; // stopped or removed meanwhile
    if (waitsForOwner(parts, container)) return scheduleRestart(parts, container, 0, start);
    try {
      await start(container);
    } catch (error) {
      parts.log.warn(`container ${container.id}: restart failed: ${messageOf(error)}`);
      container.waiters.tell('exit', container.state.exitCode, '');
    }
  };
  container.restartTimer = setTimeout(() => void parts.queue.run(container.id, restart), container.restartDelayMs);
}
