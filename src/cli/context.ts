import { type Address, Client } from '../client/index.ts';
import { type Output, type Stdio, write } from './stdio.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Runs a further command line in this process. Answers with its exit code. */
export type Again = (argv: readonly string[], stdio: Stdio) => Promise<number>;

/** What every command has at hand. */
export class Context implements Disposable {
  readonly stdio: Stdio;
  readonly env: Environment;
  readonly address: Address;
  /** For the same engine, with streams of its own. */
  readonly again: Again;
  #client: Client | undefined;

  constructor(stdio: Stdio, env: Environment, address: Address, again: Again) {
    this.stdio = stdio;
    this.again = again;
    this.env = env;
    this.address = address;
  }

  /** Connects at its first call, so a command that needs no engine works without one. */
  get client(): Client {
    this.#client ??= new Client(this.address);
    return this.#client;
  }

  out(text: string): Promise<void> {
    return write(this.stdio.stdout, text);
  }

  err(text: string): Promise<void> {
    return write(this.stdio.stderr, text);
  }

  /** Colours go to terminals only, and to none where NO_COLOR is set (no-color.org) or the terminal is dumb. */
  colours(output: Output): boolean {
    return output.isTTY === true && (this.env['NO_COLOR'] ?? '') === '' && this.env['TERM'] !== 'dumb';
  }

  [Symbol.dispose](): void {
    this.#client?.[Symbol.dispose]();
  }
}
