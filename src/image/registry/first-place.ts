import { messageOf } from '../../base/index.ts';
import type { Reference } from '../reference.ts';
import { type Access, type RegistryDeps, Repository } from './repository.ts';

/**
 * What `work` gets from the first place that gives it. A mirror is passed over whatever it fails in; what the registry
 * itself says, or why it says nothing, is thrown.
 */
export async function fromFirst<T>(
  ref: Reference,
  deps: RegistryDeps,
  access: Access,
  work: (repository: Repository) => Promise<T>,
): Promise<T> {
  let last: unknown;
  for await (const repository of Repository.open(ref, deps, access)) {
    try {
      return await work(repository);
    } catch (error) {
      access.signal.throwIfAborted();
      if (!repository.mirror) throw error;
      deps.log.warn(`registry mirror ${repository.base.href}: ${messageOf(error)}`);
      last = error;
    }
  }
  throw last;
}
