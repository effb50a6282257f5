import type { Resources } from '../types.ts';
import type { OciBlockIo } from './oci.ts';

const throttleKeys = {
  readBps: 'throttleReadBpsDevice',
  writeBps: 'throttleWriteBpsDevice',
  readIops: 'throttleReadIOPSDevice',
  writeIops: 'throttleWriteIOPSDevice',
} as const;

/** Weights only where the kernel's scheduler has them; undefined when nothing is limited. */
export function blockIoOf(limits: Resources, hasWeight: boolean): OciBlockIo | undefined {
  const weights = hasWeight ? (limits.blkioWeightDevices ?? []) : [];
  const throttles = Object.entries(throttleKeys).flatMap(([kind, key]) => {
    const list = limits.throttles?.[kind as keyof typeof throttleKeys] ?? [];
    return list.length === 0 ? [] : [[key, list] as const];
  });
  const blockIo = {
    ...(limits.blkioWeight > 0 && hasWeight ? { weight: limits.blkioWeight } : {}),
    ...(weights.length > 0 ? { weightDevice: weights } : {}),
    ...Object.fromEntries(throttles),
  };
  return Object.keys(blockIo).length === 0 ? undefined : blockIo;
}
