import { isDeepStrictEqual } from 'node:util';
import { type Log, messageOf } from '../base/index.ts';
import { type DaemonFlags, parseDaemonFlags } from './flags/index.ts';

/** The flags of which a running engine takes a new value: dockerd's, as far as this engine has them. */
const taken: readonly (keyof DaemonFlags)[] = ['debug', 'logLevel', 'label', 'insecureRegistry', 'registryMirror'];

/**
 * `SIGHUP`: reads the configuration file again. What a running engine can take it takes; of the rest it says that it
 * waits for the next start. A file that cannot be read changes nothing.
 */
export class Reloadable {
  readonly #argv: readonly string[];
  readonly #log: Log;
  #flags: DaemonFlags;

  constructor(argv: readonly string[], flags: DaemonFlags, log: Log) {
    this.#argv = argv;
    this.#flags = flags;
    this.#log = log;
  }

  get flags(): DaemonFlags {
    return this.#flags;
  }

  /** Whether the file could be read. */
  reload(): boolean {
    try {
      this.#take(parseDaemonFlags(this.#argv));
      return true;
    } catch (error) {
      this.#log.error(`configuration not reloaded: ${messageOf(error)}`);
      return false;
    }
  }

  /** What a reload can change, as it is now, for the event that tells of one. */
  attributes(): Readonly<Record<string, string>> {
    const { debug, label, logLevel } = this.#flags;
    return { debug: `${debug}`, labels: JSON.stringify(label), 'log-level': logLevel };
  }

  #take(next: DaemonFlags): void {
    const before = this.#flags;
    const names = [...new Set([...Object.keys(before), ...Object.keys(next)])] as (keyof DaemonFlags)[];
    const changed = names.filter((name) => name !== 'notices' && !isDeepStrictEqual(before[name], next[name]));
    const now = changed.filter((name) => taken.includes(name));
    const later = changed.filter((name) => !taken.includes(name));
    this.#flags = { ...before, ...Object.fromEntries(taken.map((name) => [name, next[name]])) };
    for (const notice of next.notices) this.#log.warn(notice);
    this.#log.level = next.logLevel;
    this.#log.info(
      `reloaded configuration: ${now.length === 0 ? 'nothing changed' : `changed ${now.map(dashed).join(', ')}`}`,
    );
    if (later.length > 0) this.#log.warn(`at the next start: ${later.map(dashed).join(', ')}`);
  }
}

const dashed = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Hears SIGHUP until the end of the process, and tells of each time that it was followed. */
export function reloadOnHangup(
  reloadable: Reloadable,
  tell: (attributes: Readonly<Record<string, string>>) => void,
): void {
  process.on('SIGHUP', () => {
    if (reloadable.reload()) tell(reloadable.attributes());
  });
}
