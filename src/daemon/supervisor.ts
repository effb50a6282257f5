import { type Log, messageOf } from '../base/index.ts';
import { closeFd, connectUnixDatagram, sendBytes } from '../syscall/socket.ts';
import { sendWithDescriptor } from '../syscall/socket-rights.ts';
import { keptSockets } from './kept-sockets.ts';

/**
 * Tells a service manager that started us how far we are, if it asked by NOTIFY_SOCKET: sd_notify(3), and has it keep
 * sockets for the engine that comes after us. Nothing depends on it: what cannot be told is logged.
 */
export class Supervisor {
  readonly #path: string | undefined;
  readonly #log: Log;
  /** From the engine before us, and not asked for yet. */
  readonly #kept: Map<string, number>;

  /** Takes its variables out of `env`: what we start is not to speak in our name. */
  constructor(env: NodeJS.ProcessEnv, log: Log) {
    this.#path = env['NOTIFY_SOCKET'];
    delete env['NOTIFY_SOCKET'];
    this.#kept = keptSockets(env);
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

  /** The socket that an earlier engine had kept under this name; the caller's from now on. */
  take(name: string): number | undefined {
    const fd = this.#kept.get(name);
    this.#kept.delete(name);
    return fd;
  }

  /** Has a socket kept, with what waits in it, until it is dropped or nobody starts an engine again. */
  keep(name: string, fd: number): void {
    this.#tell(`FDSTORE=1\nFDNAME=${name}\nFDPOLL=0`, fd);
  }

  /** Safe to repeat. */
  drop(name: string): void {
    this.#tell(`FDSTOREREMOVE=1\nFDNAME=${name}`);
  }

  /** What nobody has asked for belongs to nothing that there still is. */
  dropRest(): void {
    for (const [name, fd] of this.#kept) {
      closeFd(fd);
      this.drop(name);
    }
    this.#kept.clear();
  }

  #tell(state: string, passed?: number): void {
    if (this.#path === undefined || this.#path === '') return;
    try {
      const fd = connectUnixDatagram(this.#path);
      try {
        const bytes = new TextEncoder().encode(state);
        if (passed === undefined) sendBytes(fd, bytes);
        else sendWithDescriptor(fd, bytes, passed);
      } finally {
        closeFd(fd);
      }
    } catch (error) {
      this.#log.warn(`the service manager was not told ${state.split('\n', 1)[0]}: ${messageOf(error)}`);
    }
  }
}
