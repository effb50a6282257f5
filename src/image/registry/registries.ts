import { AppError } from '../../base/index.ts';
import { parsePlatform } from '../platform.ts';
import { parseReference, type Reference } from '../reference.ts';
import type { Progress } from '../types.ts';
import { checkLogin, type Distribution, inspectRemote } from './login.ts';
import type { Credentials } from './options.ts';
import { whenever } from './progress.ts';
import { Puller, type Stores } from './pull.ts';
import { Pusher, refsToPush } from './push.ts';
import type { RegistryDeps } from './repository.ts';
import { type Found, type Search, searchIndex } from './search.ts';

type Pull = { readonly tag: string; readonly platform: string; readonly credentials: Credentials };
type Push = { readonly tag: string; readonly credentials: Credentials };

/** Registries as the image service asks them: names in, progress out. Loaded when the first is asked. */
export class Registries {
  readonly #stores: Stores;
  readonly #deps: RegistryDeps;
  readonly #puller: Puller;

  constructor(stores: Stores, deps: RegistryDeps) {
    this.#stores = stores;
    this.#deps = deps;
    this.#puller = new Puller(stores, deps);
  }

  async *pull(image: string, { tag, platform, credentials }: Pull, gone?: AbortSignal): AsyncGenerator<Progress> {
    const ref = parseReference(tag === '' ? image : `${image}${tag.startsWith('sha256:') ? '@' : ':'}${tag}`);
    if (ref.domain === 'docker.io' && ref.path === 'library/scratch')
      throw new AppError('invalid', "'scratch' is a reserved name");
    const wanted = parsePlatform(platform);
    const one = (each: Reference): AsyncGenerator<Progress> =>
      this.#puller.pull({ ref: each, platform: wanted, strict: platform !== '', credentials }, gone);
    if (ref.tag !== undefined || ref.digest !== undefined) return yield* one(ref);
    const tags = await this.#puller.tags(ref, credentials, whenever(gone, AbortSignal.timeout(60_000)));
    for (const each of tags) yield* one({ ...ref, tag: each });
  }

  async *push(image: string, { tag, credentials }: Push, gone?: AbortSignal): AsyncGenerator<Progress> {
    const ref = parseReference(tag === '' ? image : `${image}:${tag}`);
    if (ref.digest !== undefined) throw new AppError('invalid', 'cannot push a digest reference');
    yield { status: `The push refers to repository [${ref.domain}/${ref.path}]` };
    const refs = refsToPush(this.#stores.catalog, ref);
    yield* new Pusher(this.#stores, this.#deps).push({ refs, credentials }, gone);
  }

  login(domain: string, credentials: Credentials): Promise<void> {
    return checkLogin(domain, credentials, this.#deps, AbortSignal.timeout(30_000));
  }

  search(what: Search): Promise<readonly Found[]> {
    return searchIndex(what, this.#deps, AbortSignal.timeout(30_000));
  }

  remote(ref: string, credentials: Credentials): Promise<Distribution> {
    const { tag = 'latest', ...name } = parseReference(ref);
    return inspectRemote({ ...name, tag }, credentials, this.#deps, AbortSignal.timeout(30_000));
  }
}
