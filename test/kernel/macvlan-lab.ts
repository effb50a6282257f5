import type { TestContext } from 'node:test';
import type { NetworkCreate } from '../../src/network/index.ts';
import { NetworkLab, networkCreate } from '../lab/network-lab.ts';
import { type FarHost, farAddress, plugIn } from './segment.ts';

/** A macvlan network on eth0, of the segment's subnet but with a range of its own; all can be said otherwise. */
export const macvlan = (
  name: string,
  options: Readonly<Record<string, string>> = {},
  pool: NetworkCreate['ipam']['pools'][number] = {
    subnet: '192.0.2.0/24',
    ipRange: '192.0.2.128/26',
    gateway: farAddress,
  },
): NetworkCreate =>
  networkCreate(name, {
    driver: 'macvlan',
    options: { parent: 'eth0', ...options },
    ipam: { driver: '', options: {}, pools: [pool] },
  });

/** An engine's network on a host whose eth0 is plugged into a segment, and another host there. */
export async function startPlugged(t: TestContext): Promise<{ readonly lab: NetworkLab; readonly far: FarHost }> {
  const lab = await NetworkLab.open(t);
  const far = plugIn(t, lab);
  await lab.restart();
  return { lab, far };
}

export const linksOf = (lab: NetworkLab): readonly string[] =>
  lab.ipJson<{ ifname: string }>('link show').map(({ ifname }) => ifname);

export const refused = (kind: string, message: RegExp | string) => ({ name: 'AppError', kind, message });
