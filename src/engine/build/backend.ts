import type { Readable } from 'node:stream';
import { AppError, messageOf } from '../../base/index.ts';
import type { BuildOptions, Progress } from '../../contract/index.ts';
import { familiar, parseReference, type Reference } from '../../image/index.ts';
import type { Parts } from '../parts.ts';
import type { Lifecycle } from '../run/lifecycle.ts';
import { type Context, openContext } from './context.ts';
import { type Write, written } from './output.ts';
import { fromArchive, fromRemote } from './remote-context.ts';

export type Pull = (ref: string) => AsyncIterable<Progress>;

/** Builds as the API asks for them. */
export class BuildsBackend {
  readonly #parts: Parts;
  readonly #lifecycle: Lifecycle;
  readonly #pull: Pull;

  constructor(parts: Parts, lifecycle: Lifecycle, pull: Pull) {
    this.#parts = parts;
    this.#lifecycle = lifecycle;
    this.#pull = pull;
  }

  /** POST /build: what can be refused is refused before the first line. A build whose client goes away ends. */
  build(body: Readable, options: BuildOptions, signal: AbortSignal): AsyncIterable<Progress> {
    return written((write, stop) => this.#build(body, options, write, stop), signal);
  }

  async #build(body: Readable, options: BuildOptions, write: Write, signal: AbortSignal): Promise<void> {
    const names = options.tags.map(nameOf);
    await using context = await this.#context(body, options, write, signal);
    const { Builder, shownId } = await import('./builder.ts');
    const { CommandFailed } = await import('./run-step.ts');
    const tell: Write = options.quiet ? async () => signal.throwIfAborted() : write;
    const deps = { parts: this.#parts, lifecycle: this.#lifecycle, options, write: tell, signal };
    const builder = new Builder({ ...deps, pull: (ref) => this.#bring(ref, tell) }, context);
    try {
      const image = await builder.run();
      await write(options.quiet ? { stream: `${image}\n` } : { aux: { ID: image } });
      await tell({ stream: `Successfully built ${shownId(image)}\n` });
      for (const name of names) await this.#tag(image, name, tell);
    } catch (error) {
      if (signal.aborted || !(error instanceof CommandFailed)) throw error;
      const message = messageOf(error);
      await write({ errorDetail: { code: error.code, message }, error: message });
    }
  }

  async #context(body: Readable, options: BuildOptions, write: Write, signal: AbortSignal): Promise<Context> {
    const { remote, dockerfile } = options;
    try {
      if (remote === '') return await openContext(this.#parts, fromArchive(body, signal), dockerfile);
      const begun = (): Promise<void> => write({ status: `Downloading build context from remote url: ${remote}` });
      return await openContext(this.#parts, fromRemote(remote, dockerfile, begun, signal), dockerfile);
    } finally {
      body.resume();
    }
  }

  async #tag(image: string, name: Reference, write: Write): Promise<void> {
    const full = familiar(name);
    await this.#parts.images.tag(image, full, '');
    this.#parts.events.emit('image', 'tag', image, { name: full });
    await write({ stream: `Successfully tagged ${full}\n` });
  }

  async #bring(ref: string, write: Write): Promise<void> {
    for await (const line of this.#pull(ref)) await write(line);
  }
}

function nameOf(tag: string): Reference {
  const name = parseReference(tag);
  if (name.digest !== undefined) throw new AppError('invalid', 'build tag cannot contain a digest');
  return name.tag === undefined ? { ...name, tag: 'latest' } : name;
}
