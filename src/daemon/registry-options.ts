import type { RegistryOptions } from '../image/index.ts';
import type { DaemonFlags } from './flags/index.ts';

export const registryOptions = (flags: DaemonFlags): RegistryOptions => ({
  insecure: flags.insecureRegistry,
  mirrors: flags.registryMirror,
  certificates: flags.certsDir,
});
