import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { AppError, type Log, messageOf } from '../../base/index.ts';
import { findPlugin, type PluginFolders, socketOf } from './discovery.ts';
import { type Answer, post } from './post.ts';
import type { PluginAddress } from './spec.ts';

/** What a plugin can be: the first half of its methods' names. */
export type PluginKind = 'NetworkDriver' | 'IpamDriver';

/** How long a call may take, in milliseconds. */
export type Patience = {
  /** A plugin that does not listen is asked again, after 1, 2, 4, … s, as long as less than this has passed. */
  readonly retryMs: number;
  /** One request, from connecting to the end of the answer. */
  readonly requestMs: number;
};

/** To build something: a plugin that is being restarted is waited for, as Docker does (five attempts within 15 s). */
export const patient: Patience = { retryMs: 30_000, requestMs: 30_000 };
/** To take something down: a plugin that is gone must not hold up the end of a container. */
export const brief: Patience = { retryMs: 0, requestMs: 10_000 };

/** Nobody heard the call, or nobody answered it in time: what was asked for may have been done, or not. */
export class Unreachable extends AppError {}

/** The plugin has no such method (404): some are optional. */
export class MissingMethod extends AppError {
  constructor(message: string) {
    super('internal', message);
  }
}

const activation = v.object({ Implements: v.optional(v.array(v.string()), []) });

type Known = {
  readonly address: PluginAddress;
  /** Tells the socket of one start of the plugin from that of the next. */
  readonly socket: string | undefined;
  readonly kinds: readonly string[];
};

/** One plugin: found by its name when first called, and again after it did not answer, or has a new socket. */
export class Plugin {
  readonly name: string;
  readonly #folders: PluginFolders;
  readonly #log: Log;
  #activations = 0;
  #known: Known | undefined;
  /** Where it was called last. */
  #tried: PluginAddress | undefined;

  constructor(name: string, folders: PluginFolders, log: Log) {
    this.name = name;
    this.#folders = folders;
    this.#log = log;
  }

  /** How often it was found: more than before when it may have been started anew, and forgotten what it was told. */
  get activations(): number {
    return this.#activations;
  }

  /** Throws Docker's `not-found` for a plugin that nobody installed, or that is of another kind. */
  async expect(kind: PluginKind, patience: Patience): Promise<void> {
    await this.#patiently('Plugin.Activate', patience, () => this.#activated(kind, patience));
  }

  /**
   * `kind`.`verb` with `body`; answers the parsed body. Throws `internal` with the plugin's own words, `not-found` when
   * there is no such plugin, and MissingMethod.
   */
  async call(kind: PluginKind, verb: string, body: unknown, patience: Patience): Promise<unknown> {
    const method = `${kind}.${verb}`;
    const answer = await this.#patiently(method, patience, async () => {
      const { address } = await this.#activated(kind, patience);
      return post(address, `/${method}`, body, patience.requestMs);
    });
    return contentOf(method, answer);
  }

  /** A call is repeated while nobody answers; what was answered stands. */
  async #patiently<T>(method: string, patience: Patience, attempt: () => Promise<T>): Promise<T> {
    const start = performance.now();
    for (let tries = 0; ; tries++) {
      try {
        return await attempt();
      } catch (error) {
        if (error instanceof AppError) throw error;
        const where = placeOf(this.#tried);
        this.#known = undefined;
        const waitMs = 1000 * 2 ** tries;
        const isLast = isTimeout(error) || performance.now() - start + waitMs >= patience.retryMs;
        const why = isTimeout(error) ? `nothing within ${patience.requestMs / 1000} s` : messageOf(error);
        const text = `plugin "${this.name}"${where} does not answer ${method}: ${why}`;
        if (isLast) throw new Unreachable('internal', text, { cause: error });
        this.#log.warn(`${text}; asking again in ${waitMs / 1000} s`);
        await sleep(waitMs);
      }
    }
  }

  async #activated(kind: PluginKind, { requestMs }: Patience): Promise<{ readonly address: PluginAddress }> {
    if (this.#known !== undefined && (await socketOf(this.#known.address)) !== this.#known.socket) {
      this.#known = undefined;
    }
    if (this.#known === undefined) {
      const address = await findPlugin(this.name, this.#folders);
      this.#tried = address;
      if (address === undefined) throw new Unreachable('not-found', `plugin "${this.name}" not found`);
      const socket = await socketOf(address);
      const content = contentOf('Plugin.Activate', await post(address, '/Plugin.Activate', {}, requestMs));
      this.#activations++;
      this.#known = { address, socket, kinds: parseAnswer(activation, 'Plugin.Activate', content).Implements };
    }
    if (this.#known.kinds.includes(kind)) return this.#known;
    const text = `plugin "${this.name}" found, but Plugin does not implement the requested driver`;
    throw new AppError('not-found', `${text}: plugin="${this.name}", requested implementation="${kind}"`);
  }
}

const placeOf = (address: PluginAddress | undefined): string => {
  if (address === undefined) return '';
  return ` at ${address.type === 'unix' ? address.path : `${address.host}:${address.port}`}`;
};

const isTimeout = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';

/** The body of a success, parsed. Throws with what the plugin says is wrong, after the method's name as Docker has it. */
function contentOf(method: string, { status, body }: Answer): unknown {
  const content = parsed(body);
  if (status === 200 && content !== undefined) return content;
  const said = v.safeParse(v.object({ Err: v.pipe(v.string(), v.nonEmpty()) }), content);
  const why = said.success ? said.output.Err : body.trim() || `status ${status}, no text`;
  if (status === 200) throw new AppError('internal', `${method}: not JSON: ${why.slice(0, 200)}`);
  const text = `${method}: ${why.slice(0, 2000)}`;
  throw status === 404 ? new MissingMethod(text) : new AppError('internal', text);
}

/** undefined for what is no JSON; an empty body says nothing, which is something to say. */
function parsed(body: string): unknown {
  if (body.trim() === '') return {};
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** An answer in its shape. Throws `internal` that names the field that is not. */
export function parseAnswer<T>(schema: v.GenericSchema<unknown, T>, method: string, content: unknown): T {
  const result = v.safeParse(schema, content);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new AppError('internal', `${method}: ${v.getDotPath(issue) ?? 'the answer'}: ${issue.message}`);
}
