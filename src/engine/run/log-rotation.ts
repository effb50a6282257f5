import { messageOf } from '../../base/index.ts';
import type { Container } from '../container/container.ts';
import { containerFiles } from '../container/files.ts';
import { type LogLimits, logLimits } from '../create/log-options.ts';
import type { Parts } from '../parts.ts';

/** Logs are looked at this often: a loud container writes some ten MiB meanwhile. */
const everyMs = 500;

/** Keeps the logs of running containers in as many files, of about the size, as were asked for. */
export class LogRotation {
  readonly #parts: Parts;
  readonly #kept = new Map<Container, LogLimits>();
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Until it is disposed of. Does nothing for a log that is one file, which its monitor keeps small. */
  keep(container: Container): Disposable {
    const { LogConfig } = container.record.hostConfig;
    const limits = logLimits(LogConfig);
    if (LogConfig.Type !== 'none' && limits.maxBytes > 0 && limits.files > 1) this.#kept.set(container, limits);
    this.#schedule();
    return { [Symbol.dispose]: () => void this.#kept.delete(container) };
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#kept.size === 0) return;
    this.#timer = setTimeout(async () => {
      await this.#rotate();
      this.#timer = undefined;
      this.#schedule();
    }, everyMs).unref();
  }

  async #rotate(): Promise<void> {
    for (const [container, limits] of this.#kept) {
      try {
        await this.#parts.runtime.rotateLog(container.id, containerFiles(this.#parts, container.id).log, limits);
      } catch (error) {
        this.#parts.log.warn(`container ${container.id}: its log is not rotated: ${messageOf(error)}`);
      }
    }
  }
}
