import type { Poller, Watch } from '../../../syscall/poller.ts';
import { closeFd } from '../../../syscall/socket.ts';
import { DatagramBatch, sendTo } from '../../../syscall/socket-datagrams.ts';
import { askOthers, noAnswer } from '../respond.ts';
import type { Handler } from './handler.ts';
import { Turn } from './turn.ts';

/** What is heard at once, and how long an answer over UDP may be. Memory is used as far as it is needed. */
const batchCount = 64;
const datagramBytes = 4096;

/** What all sandboxes' UDP sockets share: they are served one after another, by one thread. */
export class UdpService {
  readonly poller: Poller;
  readonly batch = new DatagramBatch(batchCount, datagramBytes);
  readonly turn = new Turn();

  constructor(poller: Poller) {
    this.poller = poller;
  }
}

/** The UDP socket of one sandbox: many queries are heard with one system call and answered with another. */
export class UdpListener implements Disposable {
  readonly #fd: number;
  readonly #handler: Handler;
  readonly #service: UdpService;
  readonly #watch: Watch;
  #closed = false;

  /** `fd` is the listener's from now on. */
  constructor(fd: number, handler: Handler, service: UdpService) {
    this.#fd = fd;
    this.#handler = handler;
    this.#service = service;
    this.#watch = service.poller.watch(fd, { read: true }, () => this.#serve());
  }

  #serve(): void {
    const { batch, turn } = this.#service;
    while (!this.#closed && !turn.over()) {
      const count = batch.receive(this.#fd);
      for (let slot = 0; slot < count; slot++) this.#handle(slot);
      batch.send(this.#fd);
      if (count < batchCount) return;
    }
  }

  #handle(slot: number): void {
    const { batch } = this.#service;
    const bytes = batch.slots[slot]!;
    const length = this.#handler.respond(bytes, batch.lengthAt(slot), 'udp');
    if (length === askOthers) this.#forward(Buffer.from(bytes.subarray(0, batch.lengthAt(slot))), batch.senderAt(slot));
    else if (length !== noAnswer) batch.answer(slot, length);
  }

  #forward(message: Buffer, sender: Buffer): void {
    void this.#handler.forward(message, 'udp').then((answer) => {
      // The descriptor's number may be somebody else's by now.
      if (!this.#closed) sendTo(this.#fd, answer, sender);
    });
  }

  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#watch[Symbol.dispose]();
    closeFd(this.#fd);
  }
}
