import { AppError } from '../base/index.ts';
import { type Libnftables, libnftables, type NftHandle } from '../syscall/libnftables.ts';
import { inNetns } from '../syscall/netns.ts';
import { keepLowDescriptors, withLowDescriptor } from './low-descriptor.ts';
import { firstMark, refusal } from './refusal.ts';

/** NFT_CTX_OUTPUT_JSON, <nftables/libnftables.h>. */
const jsonOutput = 1 << 4;

/**
 * nft(8) in process, for one network namespace: the library opens its only socket when the context is made, and keeps
 * it. Interfaces have to be named with iifname and oifname; iif and oif are looked up in the caller's namespace.
 *
 * What a command costs: 20 µs, and 6 µs an element, whatever the table holds; except that every command that adds or
 * deletes elements first reads all elements of the table's sets that have intervals and no concatenation (1.5 µs
 * each). Listing tables, sets or a ruleset reads everything there is.
 */
export class NftContext implements Disposable {
  readonly #library: Libnftables;
  readonly #handle: NftHandle;
  #tail: Promise<unknown> = Promise.resolve();
  #closed = false;

  private constructor(library: Libnftables, handle: NftHandle) {
    this.#library = library;
    this.#handle = handle;
  }

  /** For the namespace behind `netnsFd`, or the caller's own. The descriptor may be closed afterwards. */
  static open(netnsFd?: number): NftContext {
    const library = libnftables();
    const create = (): NftHandle | null => withLowDescriptor(() => library.create(0));
    const handle = netnsFd === undefined ? create() : inNetns<NftHandle | null>(netnsFd, create);
    if (handle === null) throw new AppError('internal', 'libnftables gave no context');
    library.bufferOutput(handle);
    library.bufferError(handle);
    return new NftContext(library, handle);
  }

  /**
   * Runs commands as one transaction: all of them or none. Throws SysError with nft's own words. A signal may interrupt
   * the library when the kernel has already done it all: the script is run again then, so it has to be safe to repeat.
   */
  run(script: string): void {
    this.#refuseClosed();
    for (let tries = 1; this.#library.run(this.#handle, script) !== 0; tries++) {
      const error = refusal(script, this.#library.error(this.#handle));
      if (error.code !== 'EINTR' || tries === mostTries) throw error;
    }
  }

  /**
   * The same after those before it, each in a turn of the event loop of its own. On the main thread all the same: the
   * library keeps the rule set's generation in a global variable, so that two threads, even with two contexts, would
   * take each other's; and it only computes, for nothing in a transaction waits in the kernel.
   */
  runAsync(script: string): Promise<void> {
    const turn = this.#tail.then(() => new Promise<void>((resolve) => void setImmediate(resolve)));
    const mine = turn.then(() => this.run(script));
    this.#tail = mine.catch(() => {});
    return mine;
  }

  /** The answer to a list command, as libnftables-json(5) describes it: the entries without the version. */
  json(command: string): readonly Readonly<Record<string, unknown>>[] {
    this.#library.setOutputFlags(this.#handle, jsonOutput);
    try {
      this.run(command);
      const output = JSON.parse(this.#library.output(this.#handle)) as { nftables: Record<string, unknown>[] };
      return output.nftables.filter((entry) => !('metainfo' in entry));
    } finally {
      this.#library.setOutputFlags(this.#handle, 0);
    }
  }

  /**
   * Asks for an object that cannot be, and looks which name the refusal marks: the answer costs the same however much
   * the tables hold, which that of `list tables` does not.
   */
  hasTable(family: string, table: string): boolean {
    const question = `list flowtable ${family} ${table} ${noSuchFlowtable}`;
    this.#refuseClosed();
    this.#library.run(this.#handle, question);
    return firstMark(this.#library.error(this.#handle)) === question.length - noSuchFlowtable.length;
  }

  #refuseClosed(): void {
    if (this.#closed) throw new AppError('internal', 'the nftables context is closed');
  }

  /** The kernel lets go of the socket when what was last deleted is gone for good: up to 30 ms right after a delete. */
  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#library.free(this.#handle);
    keepLowDescriptors();
  }
}

/** One is enough for a signal now and then; who is interrupted this often is told. */
const mostTries = 10;

const noSuchFlowtable = 'portolan-asks-only';
