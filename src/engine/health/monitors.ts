import { announce } from '../container/announce.ts';
import type { Container } from '../container/container.ts';
import type { Execs } from '../exec/execs.ts';
import type { Parts } from '../parts.ts';
import { type Check, checkOf } from './check.ts';
import { probe } from './probe.ts';
import { judged, pauseMs, starting } from './verdict.ts';

/** One container's: the timer of the next probe, or the probe that is under way. */
type Monitor = { readonly check: Check; timer?: NodeJS.Timeout; probe?: AbortController };

/** Asks containers that have a health check how they are, as long as they run. What they say is in their record. */
export class HealthMonitors {
  readonly #parts: Pick<Parts, 'events'>;
  readonly #execs: Execs;
  /** By container. */
  readonly #monitors = new Map<string, Monitor>();

  constructor(parts: Pick<Parts, 'events'>, execs: Execs) {
    this.#parts = parts;
    this.#execs = execs;
  }

  /** A container was started: what was known of its health is of another run. */
  forget(container: Container): void {
    const health = checkOf(container.record.config) === undefined ? undefined : starting;
    if (health !== container.state.health) container.update({ state: { health } });
  }

  /** It runs, perhaps since before the engine was started, or runs again after a pause. */
  resume(container: Container): void {
    this.suspend(container);
    const check = checkOf(container.record.config);
    if (check === undefined || container.state.status !== 'running') return;
    const monitor: Monitor = { check };
    this.#monitors.set(container.id, monitor);
    this.#schedule(container, monitor);
  }

  /** No more probes; one that is under way is ended and does not count. */
  suspend({ id }: Container): void {
    const monitor = this.#monitors.get(id);
    clearTimeout(monitor?.timer);
    monitor?.probe?.abort();
    this.#monitors.delete(id);
  }

  /** The container has ended: as Docker has it, what does not run is not healthy. */
  end(container: Container): void {
    this.suspend(container);
    const { health } = container.state;
    if (health !== undefined) container.update({ state: { health: { ...health, Status: 'unhealthy' } } });
  }

  #schedule(container: Container, monitor: Monitor): void {
    const ranMs = Date.now() - Date.parse(container.state.startedAt);
    const pause = pauseMs(container.state.health ?? starting, monitor.check, ranMs);
    monitor.timer = setTimeout(() => void this.#ask(container, monitor), pause).unref();
  }

  async #ask(container: Container, monitor: Monitor): Promise<void> {
    monitor.probe = new AbortController();
    const result = await probe(this.#execs, container.id, monitor.check, monitor.probe);
    if (this.#monitors.get(container.id) !== monitor) return;
    const before = container.state.health ?? starting;
    const health = judged(before, result, monitor.check, Date.parse(container.state.startedAt));
    container.update({ state: { health } });
    if (health.Status !== before.Status) announce(this.#parts, container, `health_status: ${health.Status}`);
    this.#schedule(container, monitor);
  }
}
