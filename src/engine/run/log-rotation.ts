import { messageOf } from '../../base/index.ts';
import type { Container } from '../container/container.ts';
import { containerFiles } from '../container/files.ts';
import { type LogLimits, logLimits } from '../create/log-options.ts';
import type { Parts } from '../parts.ts';

/** Logs are looked at this often: a loud container writes some ten MiB meanwhile. */
const everyMs = 500;

/** One log that is kept; `look` is there while it is looked at: compressing takes a while. */
type Kept = { readonly limits: LogLimits; readonly stop: AbortController; look?: Promise<void> };

/** Keeps the logs of running containers in as many files, of about the size, as were asked for. */
export class LogRotation {
  readonly #parts: Parts;
  readonly #kept = new Map<Container, Kept>();
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Until it is disposed of. Does nothing for a log that is one file, which its monitor keeps small. */
  keep(container: Container): AsyncDisposable {
    const { LogConfig } = container.record.hostConfig;
    const limits = logLimits(LogConfig);
    const kept: Kept = { limits, stop: new AbortController() };
    if (LogConfig.Type !== 'none' && limits.maxBytes > 0 && limits.files > 1) this.#kept.set(container, kept);
    this.#schedule();
    return {
      [Symbol.asyncDispose]: async () => {
        if (this.#kept.get(container) === kept) this.#kept.delete(container);
        kept.stop.abort();
        await kept.look;
      },
    };
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#kept.size === 0) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      for (const [container, kept] of this.#kept) this.#look(container, kept);
      this.#schedule();
    }, everyMs).unref();
  }

  #look(container: Container, kept: Kept): void {
    const { id } = container;
    kept.look ??= this.#parts.runtime
      .rotateLog(id, containerFiles(this.#parts, id).log, kept.limits, kept.stop.signal)
      .catch((error: unknown) => this.#parts.log.warn(`container ${id}: its log is not rotated: ${messageOf(error)}`))
      .finally(() => delete kept.look);
  }
}
