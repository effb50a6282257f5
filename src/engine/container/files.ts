import { join } from 'node:path';
import type { Parts } from '../parts.ts';

/** Where a container keeps what is neither image nor record. */
export type ContainerFiles = {
  readonly dir: string;
  readonly bundle: string;
  readonly log: string;
  readonly hosts: string;
  readonly hostname: string;
  readonly resolvConf: string;
};

export function containerFiles(parts: Pick<Parts, 'options'>, id: string): ContainerFiles {
  const dir = join(parts.options.dataRoot, 'containers', id);
  return {
    dir,
    bundle: join(parts.options.execRoot, 'bundles', id),
    log: join(dir, `${id}.log`),
    hosts: join(dir, 'hosts'),
    hostname: join(dir, 'hostname'),
    resolvConf: join(dir, 'resolv.conf'),
  };
}
