import { AppError } from '../../base/index.ts';

/** Names in the order of their bits: <linux/capability.h>. */
export const capabilityNames = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_DAC_READ_SEARCH',
  'CAP_FOWNER',
  'CAP_FSETID',
  'CAP_KILL',
  'CAP_SETGID',
  'CAP_SETUID',
  'CAP_SETPCAP',
  'CAP_LINUX_IMMUTABLE',
  'CAP_NET_BIND_SERVICE',
  'CAP_NET_BROADCAST',
  'CAP_NET_ADMIN',
  'CAP_NET_RAW',
  'CAP_IPC_LOCK',
  'CAP_IPC_OWNER',
  'CAP_SYS_MODULE',
  'CAP_SYS_RAWIO',
  'CAP_SYS_CHROOT',
  'CAP_SYS_PTRACE',
  'CAP_SYS_PACCT',
  'CAP_SYS_ADMIN',
  'CAP_SYS_BOOT',
  'CAP_SYS_NICE',
  'CAP_SYS_RESOURCE',
  'CAP_SYS_TIME',
  'CAP_SYS_TTY_CONFIG',
  'CAP_MKNOD',
  'CAP_LEASE',
  'CAP_AUDIT_WRITE',
  'CAP_AUDIT_CONTROL',
  'CAP_SETFCAP',
  'CAP_MAC_OVERRIDE',
  'CAP_MAC_ADMIN',
  'CAP_SYSLOG',
  'CAP_WAKE_ALARM',
  'CAP_BLOCK_SUSPEND',
  'CAP_AUDIT_READ',
  'CAP_PERFMON',
  'CAP_BPF',
  'CAP_CHECKPOINT_RESTORE',
] as const;

/** What a container has unless told otherwise: Docker's fourteen. */
const defaults: readonly string[] = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_FSETID',
  'CAP_FOWNER',
  'CAP_MKNOD',
  'CAP_NET_RAW',
  'CAP_SETGID',
  'CAP_SETUID',
  'CAP_SETFCAP',
  'CAP_SETPCAP',
  'CAP_NET_BIND_SERVICE',
  'CAP_SYS_CHROOT',
  'CAP_KILL',
  'CAP_AUDIT_WRITE',
];

/** The names behind a mask of /proc/PID/status (hexadecimal). */
export function namesOfMask(hex: string): readonly string[] {
  const mask = BigInt(`0x${hex}`);
  return capabilityNames.filter((_, bit) => (mask >> BigInt(bit)) & 1n);
}

export type CapabilityChoice = {
  readonly privileged: boolean;
  readonly add: readonly string[];
  readonly drop: readonly string[];
};

/**
 * The capabilities a container gets, as Docker works them out: "ALL" and names with or without CAP_, in any case.
 * Privileged means every capability that the engine itself has. Throws `invalid` for an unknown name.
 */
export function capabilitiesOf({ privileged, add, drop }: CapabilityChoice, own: readonly string[]): readonly string[] {
  if (privileged) return own;
  const adds = add.map((name) => normalised(name, 'CapAdd'));
  const drops = drop.map((name) => normalised(name, 'CapDrop'));
  const start = adds.includes('ALL') ? own : defaults;
  if (drops.includes('ALL')) return adds.includes('ALL') ? own : adds;
  const kept = start.filter((name) => !drops.includes(name));
  return [...kept, ...adds.filter((name) => name !== 'ALL' && !kept.includes(name) && !drops.includes(name))];
}

/** Throws `invalid` for an unknown name, which `privileged` does not excuse. */
export function checkCapabilities(choice: Pick<CapabilityChoice, 'add' | 'drop'>): void {
  capabilitiesOf({ ...choice, privileged: false }, []);
}

function normalised(name: string, list: 'CapAdd' | 'CapDrop'): string {
  const upper = name.toUpperCase();
  if (upper === 'ALL') return upper;
  const full = upper.startsWith('CAP_') ? upper : `CAP_${upper}`;
  if ((capabilityNames as readonly string[]).includes(full)) return full;
  throw new AppError('invalid', `invalid ${list}: unknown capability: "${full}"`);
}
