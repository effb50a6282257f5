import { arch, release } from 'node:os';
import type { SystemVersion } from '../../contract/index.ts';
import type { Parts } from '../parts.ts';

/** As Docker and Go name machines. */
const machine: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

/** GET /version. */
export async function engineVersion(parts: Parts): Promise<SystemVersion> {
  const { version, apiVersion, minApiVersion } = parts.options;
  const tools = await parts.runtime.version();
  return {
    Platform: { Name: 'Portolan' },
    Version: version,
    ApiVersion: apiVersion,
    MinAPIVersion: minApiVersion,
    GitCommit: '',
    GoVersion: `node${process.versions.node}`,
    Os: 'linux',
    Arch: machine[arch()] ?? arch(),
    KernelVersion: release(),
    BuildTime: '',
    Components: [
      {
        Name: 'Engine',
        Version: version,
        Details: {
          ApiVersion: apiVersion,
          MinAPIVersion: minApiVersion,
          Os: 'linux',
          Arch: machine[arch()] ?? arch(),
          KernelVersion: release(),
          Experimental: 'false',
        },
      },
      { Name: 'runc', Version: tools.runc },
      { Name: 'conmon', Version: tools.conmon },
      { Name: 'node', Version: process.versions.node },
    ],
  };
}
