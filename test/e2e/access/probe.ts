import { join } from 'node:path';
import { must } from '../../lab/index.ts';
import { patience } from '../../lab/patience.ts';

export type Destination = { readonly protocol: 'tcp' | 'udp'; readonly address: string; readonly port: number };

/**
 * What comes of each within `ms` from a network namespace: the address that the server saw; `refused` when TCP was reset;
 * `closed` for everything else.
 */
export async function probe(netnsPath: string, destinations: readonly Destination[], ms: number): Promise<string[]> {
  const input = JSON.stringify({ destinations, ms: ms * patience });
  const prober = [process.execPath, join(import.meta.dirname, 'prober.ts')];
  return JSON.parse(await must('nsenter', [`--net=${netnsPath}`, ...prober], { input })) as string[];
}
