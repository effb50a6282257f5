import type { OutgoingHttpHeaders } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, hasCode, type Log, messageOf } from '../../base/index.ts';
import { digestOf } from '../content.ts';
import type { Reference } from '../reference.ts';
import { Authorization, type Challenge, parseChallenge } from './authorization.ts';
import { below, type Host, hostsOf } from './hosts.ts';
import { acceptedTypes } from './manifest.ts';
import type { Credentials, RegistryOptions } from './options.ts';
import { RegistryError, refusalOf } from './registry-error.ts';
import { type Answer, type Ask, readBody, Transport, TransportError } from './transport.ts';

/** What a client of registries is put together from. */
export type RegistryDeps = { readonly options: () => RegistryOptions; readonly agent: string; readonly log: Log };
export type Access = {
  readonly credentials: Credentials;
  /** "pull", "pull,push"; further scopes for mounting from other repositories are asked for as they come. */
  readonly actions: 'pull' | 'pull,push';
  readonly signal: AbortSignal;
};
export type Manifested = { readonly text: string; readonly mediaType: string; readonly digest: string };

const manifestLimit = 4 << 20;
const errorLimit = 64 * 1024;
const attempts = 5;
const firstPauseMs = 250;
/** A mirror that stumbles is soon left for the next place. */
const mirrorAttempts = 2;
/** Who is asked to wait longer is told so instead. */
const longestPauseMs = 30_000;

/** One repository of one registry, over distribution's protocol (OCI distribution-spec v1.1). */
export class Repository implements Disposable {
  readonly base: URL;
  readonly path: string;
  /** Another place is asked when this one fails, whatever the failure. */
  readonly mirror: boolean;
  readonly #transport: Transport;
  readonly #authorization: Authorization;
  readonly #challenge: Challenge | undefined;
  readonly #access: Access;

  private constructor(
    host: Host,
    path: string,
    transport: Transport,
    challenge: Challenge | undefined,
    access: Access,
  ) {
    this.base = host.base;
    this.path = path;
    this.mirror = host.mirror;
    this.#transport = transport;
    // A mirror is somebody else: what is meant for the registry it has images of is not for it.
    this.#authorization = new Authorization(transport, host.mirror ? {} : access.credentials);
    this.#challenge = challenge;
    this.#access = access;
  }

  /** Every place that may have it, best first: each answers; why the last did not is thrown. */
  static async *open({ domain, path }: Reference, deps: RegistryDeps, access: Access): AsyncGenerator<Repository> {
    const options = deps.options();
    let last: unknown;
    for (const host of await hostsOf(domain, options)) {
      // Mirrors have no names of their own to push to, and no accounts to enter.
      if (host.mirror && (access.actions !== 'pull' || path === '')) continue;
      const transport = new Transport({
        verify: host.verify,
        certificates: options.certificates,
        signal: access.signal,
        agent: deps.agent,
      });
      let repository: Repository;
      try {
        const challenge = await challengeOf(transport, host);
        repository = new Repository(host, path, transport, challenge, access);
      } catch (error) {
        transport[Symbol.dispose]();
        access.signal.throwIfAborted();
        deps.log.debug(`registry ${host.base.host}: ${messageOf(error)}`);
        last = error;
        continue;
      }
      last = undefined;
      using open = repository;
      yield open;
    }
    if (last !== undefined) throw last;
  }

  /** By tag or digest. Its bytes are what the digest says. */
  async manifest(ref: string): Promise<Manifested> {
    const ask = { method: 'GET', headers: { Accept: acceptedTypes } } as const;
    const { bytes, message } = await this.#again(attempts, true, async () => {
      const { message } = await this.#once(ask, this.#url(`manifests/${ref}`), []);
      return { message, bytes: await readBody(message, manifestLimit) };
    });
    const digest = digestOf(bytes);
    if (ref.startsWith('sha256:') && ref !== digest) {
      throw new AppError('internal', `manifest verification failed for digest ${ref}: it has the digest ${digest}`);
    }
    return { text: bytes.toString(), mediaType: message.headers['content-type'] ?? '', digest };
  }

  async tags(): Promise<readonly string[]> {
    const tags: string[] = [];
    for (let next: string | undefined = 'tags/list?n=1000'; next !== undefined; ) {
      const { message } = await this.#ok({ method: 'GET' }, next);
      const body = JSON.parse((await readBody(message, manifestLimit)).toString()) as { tags?: string[] | null };
      tags.push(...(body.tags ?? []));
      const more = /<([^>]+)>;\s*rel="next"/.exec(String(message.headers['link'] ?? ''))?.[1];
      next = more?.replace(/^.*\/v2\/.*\/(?=tags\/list)/, '');
    }
    return tags;
  }

  /** From `start` on; `status` is 206 when the registry went along with that. */
  async blob(digest: string, start = 0): Promise<Answer> {
    const headers = start === 0 ? {} : { Range: `bytes=${start}-` };
    return this.#ok({ method: 'GET', headers }, `blobs/${digest}`);
  }

  async hasBlob(digest: string): Promise<boolean> {
    try {
      (await this.#ok({ method: 'HEAD' }, `blobs/${digest}`)).message.resume();
      return true;
    } catch (error) {
      if (error instanceof RegistryError && error.status === 404) return false;
      throw error;
    }
  }

  async smallBlob(digest: string, limit: number): Promise<string> {
    const bytes = await readBody((await this.blob(digest)).message, limit);
    if (digestOf(bytes) !== digest) throw new AppError('internal', `verification failed for digest ${digest}`);
    return bytes.toString();
  }

  /** Whether the credentials are taken at the door. Throws RegistryError, or unauthorized without any. */
  async login(): Promise<void> {
    (await this.#once({ method: 'GET' }, below(this.base, 'v2/'), [])).message.resume();
  }

  /** Whether another repository of the registry has a blob, and lets us see it. */
  async neighbourHas(path: string, digest: string): Promise<boolean> {
    const at = below(this.base, `v2/${path}/blobs/${digest}`);
    try {
      (await this.#ok({ method: 'HEAD' }, at, [`repository:${path}:pull`])).message.resume();
      return true;
    } catch (error) {
      if (error instanceof RegistryError && !error.passing) return false;
      throw error;
    }
  }

  /** Where to upload; undefined when the blob was taken over from the other repository. */
  async startUpload(mount?: { readonly digest: string; readonly from: string }): Promise<URL | undefined> {
    const query =
      mount === undefined ? '' : `?mount=${encodeURIComponent(mount.digest)}&from=${encodeURIComponent(mount.from)}`;
    const scopes = mount === undefined ? [] : [`repository:${mount.from}:pull`];
    const { status, message } = await this.#ok({ method: 'POST' }, `blobs/uploads/${query}`, scopes);
    message.resume();
    return status === 201 ? undefined : this.#location(message.headers.location);
  }

  async upload(
    to: URL,
    digest: string,
    bytes: { readonly size: number; readonly open: () => Ask['body'] },
  ): Promise<void> {
    const headers = { 'Content-Type': 'application/octet-stream', 'Content-Length': bytes.size };
    const sent = await this.#ok({ method: 'PATCH', headers, body: bytes.open()! }, to);
    sent.message.resume();
    const last = this.#location(sent.message.headers.location ?? to.href);
    last.searchParams.set('digest', digest);
    (await this.#ok({ method: 'PUT', headers: { 'Content-Length': 0 } }, last)).message.resume();
  }

  async putManifest(ref: string, text: string, mediaType: string): Promise<void> {
    const body = Buffer.from(text);
    const headers = { 'Content-Type': mediaType, 'Content-Length': body.length };
    (await this.#ok({ method: 'PUT', headers, body }, `manifests/${ref}`)).message.resume();
  }

  #location(location: string | undefined): URL {
    if (location === undefined) throw new AppError('internal', 'the registry names no place to upload to');
    return new URL(location, this.base);
  }

  /** An answer of success; refusals are thrown as RegistryError. What passes is tried again, unless a stream was sent. */
  async #ok(ask: Ask, to: string | URL, scopes: readonly string[] = []): Promise<Answer> {
    const url = typeof to === 'string' ? this.#url(to) : to;
    const tries = ask.body === undefined || Buffer.isBuffer(ask.body) ? attempts : 1;
    return this.#again(tries, ask.method === 'GET' || ask.method === 'HEAD', () => this.#once(ask, url, scopes));
  }

  #url(to: string): URL {
    return below(this.base, `v2/${this.path}/${to}`);
  }

  /** What passes is tried again; a connection that broke only where asking twice does nothing twice (`safe`). */
  async #again<T>(tries: number, safe: boolean, work: () => Promise<T>): Promise<T> {
    const limit = this.mirror ? Math.min(tries, mirrorAttempts) : tries;
    for (let attempt = 1; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        this.#access.signal.throwIfAborted();
        const expired = error instanceof RegistryError && error.status === 401 && attempt === 1 && tries > 1;
        const passes = attempt < limit && (error instanceof RegistryError ? isShort(error) : safe && isBreak(error));
        if (!expired && !passes) throw error;
        if (expired) this.#authorization.forget();
        else await this.pause(attempt, error);
      }
    }
  }

  /** Before try `attempt` + 1: what the registry asks for, or longer each time. */
  async pause(attempt: number, error: unknown): Promise<void> {
    const asked = error instanceof RegistryError ? error.retryAfterMs : undefined;
    await sleep(asked ?? firstPauseMs * 2 ** attempt, undefined, { signal: this.#access.signal });
  }

  async #once(ask: Ask, url: URL, scopes: readonly string[]): Promise<Answer> {
    const headers: OutgoingHttpHeaders = { ...ask.headers };
    // Uploads may lead to another host, which nobody has entered.
    if (this.#challenge !== undefined && url.host === this.base.host) {
      const own = this.path === '' ? [] : [`repository:${this.path}:${this.#access.actions}`];
      const wanted = [...own, ...scopes];
      const value = await this.#authorization.header(this.#challenge, wanted);
      if (value !== undefined) headers['Authorization'] = value;
    }
    const answer = await this.#transport.ask(url, { ...ask, headers });
    if (answer.status < 300) return answer;
    const body = ask.method === 'HEAD' ? '' : (await readBody(answer.message, errorLimit)).toString();
    if (ask.method === 'HEAD') answer.message.resume();
    throw refusalOf(answer.status, answer.reason, body, answer.message.headers['retry-after']);
  }

  [Symbol.dispose](): void {
    this.#transport[Symbol.dispose]();
  }
}

const isShort = (error: RegistryError): boolean => error.passing && (error.retryAfterMs ?? 0) <= longestPauseMs;
const isBreak = (error: unknown): boolean =>
  error instanceof TransportError ? error.passing : hasCode(error, 'ECONNRESET');

/** GET /v2/: whether this is a registry, and who may come in. */
async function challengeOf(transport: Transport, { base }: Host): Promise<Challenge | undefined> {
  const { status, reason, message } = await transport.ask(below(base, 'v2/'), { method: 'GET' });
  const body = (await readBody(message, errorLimit)).toString();
  if (status === 200) return undefined;
  const challenge = parseChallenge(message.headers['www-authenticate']);
  if (status === 401 && challenge !== undefined) return challenge;
  throw refusalOf(status, reason, body);
}
