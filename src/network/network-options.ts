import { AppError } from '../base/index.ts';
import type { NetworkRecord } from '../store/records.ts';
import type { Announcements } from './plan/types.ts';

/** Options of networks of every driver: how a new endpoint tells its neighbours of its addresses. */
export const networkOptions = {
  announceCount: 'com.docker.network.advertise_addr_nmsgs',
  announceInterval: 'com.docker.network.advertise_addr_ms',
} as const;

const counts = { least: 0, most: 3, usual: 3 };
const intervals = { least: 100, most: 2000, usual: 1000 };

/** Throws Docker's `invalid`, a line for each value that cannot be read. */
export function checkNetworkOptions({ options }: Pick<NetworkRecord, 'options'>): void {
  const { announceCount, announceInterval } = networkOptions;
  const faults = [
    ...fault(options, announceCount, counts, 'an integer'),
    ...fault(options, announceInterval, intervals, 'integer milliseconds'),
  ];
  if (faults.length > 0) throw new AppError('invalid', faults.join('\n'));
}

/** Of a network that was checked. */
export const announcementsOf = (options: NetworkRecord['options']): Announcements => ({
  count: Number(options[networkOptions.announceCount] ?? counts.usual),
  intervalMs: Number(options[networkOptions.announceInterval] ?? intervals.usual),
});

function fault(
  options: NetworkRecord['options'],
  key: string,
  { least, most }: { readonly least: number; readonly most: number },
  kind: string,
): readonly string[] {
  const value = options[key];
  if (value === undefined) return [];
  if (!/^[+-]?\d+$/.test(value)) return [`value for option ${key} ${JSON.stringify(value)} must be ${kind}`];
  const number = Number(value);
  return number < least || number > most ? [`${key} must be in the range ${least} to ${most}`] : [];
}
