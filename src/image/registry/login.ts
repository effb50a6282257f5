import { AppError, messageOf } from '../../base/index.ts';
import { platformText } from '../platform.ts';
import type { Reference } from '../reference.ts';
import { NoCredentials } from './authorization.ts';
import { fromFirst } from './first-place.ts';
import { parseManifest } from './manifest.ts';
import type { Credentials } from './options.ts';
import { pullFailure, RegistryError } from './registry-error.ts';
import { type RegistryDeps, Repository } from './repository.ts';

const configLimit = 8 << 20;

/** Whether a registry takes these credentials. Throws unauthorized. */
export async function checkLogin(
  domain: string,
  credentials: Credentials,
  deps: RegistryDeps,
  signal: AbortSignal,
): Promise<void> {
  const access = { credentials, actions: 'pull', signal } as const;
  for await (const repository of Repository.open({ domain, path: '' }, deps, access)) {
    try {
      await repository.login();
      return;
    } catch (error) {
      if (!(error instanceof RegistryError || error instanceof NoCredentials)) throw error;
      throw new AppError('unauthorized', `Get "${new URL('/v2/', repository.base).href}": ${messageOf(error)}`, {
        cause: error,
      });
    }
  }
}

export type Distribution = {
  readonly Descriptor: { readonly mediaType: string; readonly digest: string; readonly size: number };
  readonly Platforms: readonly { readonly architecture: string; readonly os: string; readonly variant?: string }[];
};

/** What a registry has under a name, without bringing it here. */
export async function inspectRemote(
  ref: Reference,
  credentials: Credentials,
  deps: RegistryDeps,
  signal: AbortSignal,
): Promise<Distribution> {
  try {
    return await fromFirst(ref, deps, { credentials, actions: 'pull', signal }, async (repository) => {
      const { text, mediaType, digest } = await repository.manifest(ref.digest ?? ref.tag!);
      const parsed = parseManifest(text, mediaType);
      const platforms =
        parsed.kind === 'index'
          ? parsed.entries.flatMap(({ platform }) =>
              platform == null || platformText(platform) === 'unknown/unknown' ? [] : [platform],
            )
          : [await platformOf(repository, parsed.manifest.config.digest)];
      const Platforms = platforms.map(({ architecture, os, variant }) => ({
        architecture,
        os,
        ...(variant ? { variant } : {}),
      }));
      return { Descriptor: { mediaType, digest, size: Buffer.byteLength(text) }, Platforms };
    });
  } catch (error) {
    throw pullFailure(error, ref);
  }
}

async function platformOf(repository: Repository, digest: string) {
  const {
    architecture = '',
    os = '',
    variant = '',
  } = JSON.parse(await repository.smallBlob(digest, configLimit)) as {
    architecture?: string;
    os?: string;
    variant?: string;
  };
  return { architecture, os, variant };
}
