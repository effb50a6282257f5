import { type Log, messageOf } from '../base/index.ts';
import { closeFd, connectUnixDatagram, sendBytes } from '../syscall/socket.ts';

/**
 * Tells a service manager that started us how far we are, if it asked by NOTIFY_SOCKET: sd_notify(3). Nothing depends
 * on it: what cannot be told is logged.
 */
export class Supervisor {
  readonly #path: string | undefined;
  readonly #log: Log;

  /** Takes the variable out of `env`: what we start is not to speak in our name. */
  constructor(env: NodeJS.ProcessEnv, log: Log) {
    this.#path = env['NOTIFY_SOCKET'];
    delete env['NOTIFY_SOCKET'];
    this.#log = log;
  }

  /** The engine serves. */
  ready(): void {
    this.#tell(`READY=1\nMAINPID=${process.pid}`);
  }

  /** The engine lets go of what it holds. */
  stopping(): void {
    this.#tell('STOPPING=1');
  }

  #tell(state: string): void {
    if (this.#path === undefined || this.#path === '') return;
    try {
      const fd = connectUnixDatagram(this.#path);
      try {
        sendBytes(fd, new TextEncoder().encode(state));
      } finally {
        closeFd(fd);
      }
    } catch (error) {
      this.#log.warn(`the service manager was not told ${state.split('\n', 1)[0]}: ${messageOf(error)}`);
    }
  }
}
