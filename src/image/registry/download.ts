import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../base/index.ts';
import type { Incoming, Spooled } from '../content.ts';
import { RegistryError } from './registry-error.ts';
import type { Repository } from './repository.ts';

/** Tries in a row that bring nothing. */
const attempts = 5;
const pauseMs = 500;

export type Wanted = { readonly digest: string; readonly size: number };

/** Brings a blob to disk, from where it broke off when it breaks off, and checks its digest. */
export async function download(
  repository: Repository,
  wanted: Wanted,
  incoming: Incoming,
  hooks: { readonly signal: AbortSignal; readonly came: (bytes: number) => void },
): Promise<Spooled> {
  const spooled = await incoming.spool(bytesOf(repository, wanted, hooks));
  if (spooled.digest === wanted.digest) return spooled;
  throw new AppError(
    'internal',
    `filesystem layer verification failed for digest ${wanted.digest}: got ${spooled.digest}`,
  );
}

async function* bytesOf(
  repository: Repository,
  { digest, size }: Wanted,
  { signal, came }: { readonly signal: AbortSignal; readonly came: (bytes: number) => void },
): AsyncGenerator<Buffer> {
  let at = 0;
  for (let failures = 0; at < size || size === 0; ) {
    const before = at;
    try {
      const { status, message } = await repository.blob(digest, at);
      let skip = status === 206 ? 0 : at; // it begins from the start again
      for await (const chunk of message as AsyncIterable<Buffer>) {
        const fresh = chunk.subarray(Math.min(skip, chunk.length));
        skip -= chunk.length - fresh.length;
        at += fresh.length;
        if (at > size) throw new TooLong(`blob ${digest} is longer than the ${size} bytes of its description`);
        if (fresh.length > 0) yield fresh;
        came(at);
      }
      if (size === 0) return;
      if (at < size) throw new Error(`blob ${digest} broke off after ${at} of ${size} bytes`);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof RegistryError || error instanceof TooLong) throw error;
      failures = at > before ? 1 : failures + 1;
      if (failures >= attempts) throw error;
      await sleep(pauseMs * failures, undefined, { signal });
    }
  }
}

class TooLong extends AppError {
  constructor(message: string) {
    super('internal', message);
  }
}
