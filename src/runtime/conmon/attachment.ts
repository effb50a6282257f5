import { fstatSync } from 'node:fs';
import { Writable } from 'node:stream';
import { hasCode } from '../../base/index.ts';
import type { UnixDiagConnection } from '../../netlink/unix-diag.ts';
import { shutdownWrite } from '../../syscall/pipe.ts';
import type { Poller, Watch } from '../../syscall/poller.ts';
import { closeFd, connectUnixSeqpacket, recvInto, sendBytes } from '../../syscall/socket.ts';
import { OutputQueue } from '../stream/output.ts';
import type { Attachment } from '../types.ts';

/** conmon reads at most this much of a packet (CONN_SOCK_BUF_SIZE). */
const stdinPacketBytes = 32 * 1024;
/** conmon sends a byte that names the stream and at most 8192 of data (STDIO_BUF_SIZE). */
const outputPacketBytes = 8193;
/** stdpipe_t of conmon: 2 is standard output, 3 standard error. */
const STDERR_PIPE = 3;
/** Taken in one go, so that one loud container leaves the event loop to others: a quarter of a megabyte. */
const packetsPerTurn = 32;

export type AttachOptions = {
  readonly stdin: boolean;
  /** conmon closes the container's stdin when any client hangs up: one without stdin then stays, unheard. */
  readonly lingers: boolean;
};

/**
 * One client on conmon's attach socket. conmon writes to its clients one after another and waits for each, so a client
 * that is more than a mebibyte (and the socket's buffer) behind holds the container back, as it does in Docker.
 */
export class ConmonAttachment implements Attachment {
  readonly #fd: number;
  readonly #watch: Watch;
  readonly #lingers: boolean;
  readonly #queue = new OutputQueue((flowing) => this.#setReading(flowing));
  readonly #buffer = Buffer.allocUnsafeSlow(outputPacketBytes);
  #reading = true;
  #writable: (() => void) | undefined;
  #open = true;
  #unheard = false;
  readonly output = this.#queue;
  readonly stdin: Writable | undefined;

  constructor(poller: Poller, path: string, options: AttachOptions) {
    this.#lingers = options.lingers && !options.stdin;
    this.#fd = connectUnixSeqpacket(path);
    this.#watch = poller.watch(this.#fd, { read: true }, ({ read, write }) => {
      if (write) this.#writable?.();
      if (read && this.#open) this.#receive();
    });
    this.stdin = options.stdin ? this.#makeStdin() : undefined;
  }

  /** Whether conmon has accepted the connection, and will send it what comes; also when nobody waits for that. */
  isHeard(diagnosis: UnixDiagConnection): boolean {
    if (!this.#open) return true;
    try {
      return diagnosis.peerOf(fstatSync(this.#fd).ino) !== 0;
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return true; // a kernel without this diagnosis
      throw error;
    }
  }

  detach(): void {
    this.#queue.end();
    if (this.#lingers && this.#open) {
      this.#unheard = true;
      this.#setReading(true);
    } else this.#close();
  }

  #receive(): void {
    try {
      for (let packet = 0; packet < packetsPerTurn && this.#reading; packet++) {
        const size = recvInto(this.#fd, this.#buffer);
        if (size === -1) return;
        if (size === 0) {
          this.#close();
          return;
        }
        if (this.#unheard) continue;
        const stream = this.#buffer[0] === STDERR_PIPE ? 'stderr' : 'stdout';
        this.#queue.push({ stream, data: Buffer.from(this.#buffer.subarray(1, size)) });
      }
    } catch {
      this.#close(); // conmon is gone
    }
  }

  #setReading(reading: boolean): void {
    this.#reading = reading;
    this.#listen();
  }

  #listen(): void {
    if (this.#open) this.#watch.change({ read: this.#reading, write: this.#writable !== undefined });
  }

  #close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#watch[Symbol.dispose]();
    closeFd(this.#fd);
    this.#queue.end();
    this.#writable?.();
  }

  #makeStdin(): Writable {
    return new Writable({
      highWaterMark: stdinPacketBytes * 2,
      write: (chunk: Buffer, _encoding, done) => {
        this.#send(chunk, 0).then(() => done(), done);
      },
      final: (done) => {
        if (this.#open) shutdownWrite(this.#fd);
        done();
      },
    });
  }

  async #send(chunk: Buffer, start: number): Promise<void> {
    for (let at = start; at < chunk.length && this.#open; ) {
      const packet = chunk.subarray(at, at + stdinPacketBytes);
      const sent = this.#trySend(packet);
      if (sent === -1) await this.#room();
      else at += sent;
    }
  }

  /** What a process that ended did not read is lost, as with a pipe; the end of output tells the client. */
  #trySend(packet: Buffer): number {
    try {
      return sendBytes(this.#fd, packet);
    } catch (error) {
      if (hasCode(error, 'EPIPE') || hasCode(error, 'ECONNRESET')) return packet.length;
      throw error;
    }
  }

  async #room(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#writable = resolve;
    this.#listen();
    await promise;
    this.#writable = undefined;
    this.#listen();
  }
}
