import koffi from 'koffi';
import { bindResult } from './libc.ts';
import { MSG_DONTWAIT, MSG_NOSIGNAL } from './socket.ts';

type Vector = [fd: number, headers: Uint8Array, count: number, flags: number];
const recvmmsg = bindResult<[...Vector, timeout: null]>(
  'int recvmmsg(int fd, void *headers, uint32_t count, int flags, void *timeout)',
);
const sendmmsg = bindResult<Vector>('int sendmmsg(int fd, void *headers, uint32_t count, int flags)');
type Addressed = [fd: number, bytes: Uint8Array, size: number, flags: number, address: Uint8Array, length: number];
const sendto = bindResult<Addressed>(
  'long sendto(int fd, const void *bytes, size_t size, int flags, const void *address, uint32_t length)',
);

// struct mmsghdr, struct iovec: <linux/socket.h>, <linux/uio.h>, 64 bits, counted in words of 32.
const headerWords = 16;
const nameAt = 0;
const nameLengthAt = 2;
const vectorAt = 4;
const vectorCountAt = 6;
const bytesAt = 14;
const vectorWords = 4;
const sizeAt = 2;
/** struct sockaddr_in, <linux/in.h>. */
export const inetAddressBytes = 16;

/**
 * Room for many datagrams that come in with one system call and are answered, each where it lies, with another. For
 * IPv4 sockets. A single one serves any number of sockets, one after another.
 */
export class DatagramBatch {
  /** The datagrams, each with room for its answer. */
  readonly slots: readonly Buffer[];
  readonly #addresses: Buffer;
  readonly #received: Uint32Array;
  readonly #answers: Uint32Array;
  readonly #receivedBytes: Uint8Array;
  readonly #answerBytes: Uint8Array;
  readonly #vectors: Uint32Array;
  readonly #slotBytes: number;
  /** Where in memory each slot's vector and address are: low word, high word. */
  readonly #vectorPointers: Uint32Array;
  readonly #addressPointers: Uint32Array;
  #answered = 0;

  constructor(count: number, slotBytes: number) {
    const bytes = Buffer.from(new ArrayBuffer(count * slotBytes));
    this.slots = Array.from({ length: count }, (_, i) => bytes.subarray(i * slotBytes, (i + 1) * slotBytes));
    this.#slotBytes = slotBytes;
    this.#addresses = Buffer.from(new ArrayBuffer(count * inetAddressBytes));
    this.#vectors = new Uint32Array(count * vectorWords);
    this.#addressPointers = pointers(this.#addresses, count, inetAddressBytes);
    this.#vectorPointers = pointers(this.#vectors, count, vectorWords * 4);
    const slotPointers = pointers(bytes, count, slotBytes);
    for (let i = 0; i < count; i++) this.#vectors.set(slotPointers.subarray(i * 2, i * 2 + 2), i * vectorWords);
    this.#received = new Uint32Array(count * headerWords);
    this.#answers = new Uint32Array(count * headerWords);
    this.#receivedBytes = new Uint8Array(this.#received.buffer);
    this.#answerBytes = new Uint8Array(this.#answers.buffer);
    for (let i = 0; i < count; i++) {
      this.#point(this.#received, i, i);
      for (const headers of [this.#received, this.#answers]) {
        headers[i * headerWords + nameLengthAt] = inetAddressBytes;
        headers[i * headerWords + vectorCountAt] = 1;
      }
    }
  }

  /** How many datagrams were waiting and are now in the first slots: 0 when none, or when the socket had an error. */
  receive(fd: number): number {
    for (let i = 0; i < this.slots.length; i++) this.#vectors[i * vectorWords + sizeAt] = this.#slotBytes;
    this.#answered = 0;
    return Math.max(0, recvmmsg(fd, this.#receivedBytes, this.slots.length, MSG_DONTWAIT, null));
  }

  /** Of the received datagram; what did not fit into the slot is lost. */
  lengthAt(slot: number): number {
    return this.#received[slot * headerWords + bytesAt]!;
  }

  /** Who sent it, as `sendTo` takes it. */
  senderAt(slot: number): Buffer {
    return Buffer.from(this.#addresses.subarray(slot * inetAddressBytes, (slot + 1) * inetAddressBytes));
  }

  /** The first `length` bytes of the slot are to go back to the sender. */
  answer(slot: number, length: number): void {
    this.#vectors[slot * vectorWords + sizeAt] = length;
    this.#point(this.#answers, this.#answered++, slot);
  }

  /** Sends the answers. One that the kernel refuses, as a packet filter makes it, is left out. */
  send(fd: number): void {
    for (let from = 0; from < this.#answered; ) {
      const headers = from === 0 ? this.#answerBytes : this.#answerBytes.subarray(from * headerWords * 4);
      const sent = sendmmsg(fd, headers, this.#answered - from, MSG_DONTWAIT | MSG_NOSIGNAL);
      from += Math.max(1, sent);
    }
    this.#answered = 0;
  }

  #point(headers: Uint32Array, header: number, slot: number): void {
    const at = header * headerWords;
    headers[at + nameAt] = this.#addressPointers[slot * 2]!;
    headers[at + nameAt + 1] = this.#addressPointers[slot * 2 + 1]!;
    headers[at + vectorAt] = this.#vectorPointers[slot * 2]!;
    headers[at + vectorAt + 1] = this.#vectorPointers[slot * 2 + 1]!;
  }
}

/** One datagram. What the kernel refuses is lost, as datagrams are. */
export function sendTo(fd: number, bytes: Uint8Array, address: Uint8Array): void {
  sendto(fd, bytes, bytes.byteLength, MSG_DONTWAIT | MSG_NOSIGNAL, address, address.byteLength);
}

/** Of `count` pieces of the memory behind `bytes`, which does not move while it lives. */
function pointers(bytes: Uint8Array | Uint32Array, count: number, size: number): Uint32Array {
  const first = koffi.address(bytes);
  return new Uint32Array(BigUint64Array.from({ length: count }, (_, i) => first + BigInt(i * size)).buffer);
}
