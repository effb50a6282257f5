import { createHash } from 'node:crypto';
import { Cidr, fromBytes } from '../../base/index.ts';
import type { PoolRange } from './types.ts';

const range = (base: string, size: number): PoolRange => ({ base: Cidr.parse(base), size });

/**
 * Docker's local pools in Docker's order: 31 networks. The last two are ours, so that a 32nd network is not refused:
 * 32,768 blocks of the upper half of 10.0.0.0/8, then 16,384 of the shared address space (RFC 6598).
 */
export const defaultPools4: readonly PoolRange[] = [
  range('172.17.0.0/16', 16),
  range('172.18.0.0/16', 16),
  range('172.19.0.0/16', 16),
  range('172.20.0.0/14', 16),
  range('172.24.0.0/14', 16),
  range('172.28.0.0/14', 16),
  range('192.168.0.0/16', 20),
  range('10.128.0.0/9', 24),
  range('100.64.0.0/10', 24),
];

/**
 * Unique local addresses (RFC 4193) of this host: fd and the low 40 bits of the SHA-256 of `hostId`, cut into /64s.
 * The same for every start of the same host, and another on every other host.
 */
export function localPools6(hostId: string): readonly PoolRange[] {
  const hash = createHash('sha256').update(hostId).digest();
  const globalId = fromBytes(hash.subarray(hash.length - 5));
  const value = ((0xfdn << 40n) | globalId) << 80n;
  return [{ base: new Cidr({ family: 6, value }, 48), size: 64 }];
}
