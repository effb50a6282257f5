import type { HostConfig } from '../../contract/index.ts';
import { defaultMaskedPaths, defaultReadonlyPaths } from '../../runtime/index.ts';

/** What Docker writes into a container's settings as it is created, where nothing was asked for. */
export function withDefaults(host: HostConfig, machine: { readonly cgroup: '1' | '2' }): HostConfig {
  const open = host.Privileged || host.PidMode === 'host' || host.IpcMode === 'host';
  const labelled = host.SecurityOpt.some((option) => /^label[=:]/.test(option));
  return {
    ...host,
    MemorySwap: host.Memory > 0 && host.MemorySwap === 0 ? host.Memory * 2 : host.MemorySwap,
    // Clients say "none" in several ways.
    MemorySwappiness: host.MemorySwappiness === -1 ? null : host.MemorySwappiness,
    PidsLimit: (host.PidsLimit ?? 0) > 0 ? host.PidsLimit : null,
    OomKillDisable: machine.cgroup === '1' ? (host.OomKillDisable ?? false) : null,
    IpcMode: host.IpcMode || 'private',
    CgroupnsMode: host.CgroupnsMode || (machine.cgroup === '2' && !host.Privileged ? 'private' : 'host'),
    SecurityOpt: open && !labelled ? [...host.SecurityOpt, 'label=disable'] : host.SecurityOpt,
    MaskedPaths: host.MaskedPaths ?? (host.Privileged ? null : defaultMaskedPaths),
    ReadonlyPaths: host.ReadonlyPaths ?? (host.Privileged ? null : defaultReadonlyPaths),
  };
}

type Warned = Pick<
  HostConfig,
  | 'PublishAllPorts'
  | 'PortBindings'
  | 'NetworkMode'
  | 'OomKillDisable'
  | 'Memory'
  | 'MemorySwappiness'
  | 'BlkioWeight'
  | 'BlkioWeightDevice'
>;

/** What is taken but cannot be had here: told to the client, which shows it and goes on. */
export function warningsOf(
  host: Warned,
  machine: { readonly cgroup: '1' | '2'; readonly blkioWeight: boolean },
): readonly string[] {
  const published = host.PublishAllPorts || Object.keys(host.PortBindings).length > 0;
  const unlimited = host.OomKillDisable && host.Memory === 0;
  const warnings: readonly (readonly [boolean, string])[] = [
    [published && host.NetworkMode === 'host', 'Published ports are discarded when using host network mode'],
    [
      machine.cgroup === '1' && unlimited === true,
      'OOM killer is disabled for the container, but no memory limit is set, this can result in the system running out of resources.',
    ],
    [
      machine.cgroup === '2' && host.OomKillDisable === true,
      'Your kernel does not support OomKillDisable. OomKillDisable discarded.',
    ],
    [
      machine.cgroup === '2' && (host.MemorySwappiness ?? -1) !== -1,
      'Your kernel does not support memory swappiness capabilities or the cgroup is not mounted. Memory swappiness discarded.',
    ],
    [
      !machine.blkioWeight && host.BlkioWeight > 0,
      'Your kernel does not support Block I/O weight or the cgroup is not mounted. Weight discarded.',
    ],
    [
      !machine.blkioWeight && host.BlkioWeightDevice.length > 0,
      'Your kernel does not support Block I/O weight_device or the cgroup is not mounted. Weight-device discarded.',
    ],
  ];
  return warnings.flatMap(([holds, text]) => (holds ? [text] : []));
}
