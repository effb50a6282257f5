const decimalUnits = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'] as const;
const binaryUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'] as const;

/** Bytes in powers of 1000 with `digits` significant digits: 1.984MB. */
export const decimalSize = (bytes: number, digits = 4): string => scaled(bytes, 1000, decimalUnits, digits);

/** Bytes in powers of 1024: 23.54GiB. */
export const binarySize = (bytes: number): string => scaled(bytes, 1024, binaryUnits, 4);

function scaled(bytes: number, base: number, units: readonly string[], digits: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= base && unit < units.length - 1) {
    value /= base;
    unit++;
  }
  return `${Number(value.toPrecision(digits))}${units[unit]}`;
}

/** A length of time in words, as docker's lists have it: "About an hour", "3 weeks". */
export function humanDuration(milliseconds: number): string {
  const seconds = Math.trunc(milliseconds / 1000);
  if (seconds < 1) return 'Less than a second';
  if (seconds === 1) return '1 second';
  if (seconds < 60) return `${seconds} seconds`;
  const minutes = Math.trunc(seconds / 60);
  if (minutes === 1) return 'About a minute';
  if (minutes < 60) return `${minutes} minutes`;
  const hours = Math.trunc(seconds / 3600 + 0.5);
  if (hours === 1) return 'About an hour';
  if (hours < 48) return `${hours} hours`;
  if (hours < 24 * 7 * 2) return `${Math.trunc(hours / 24)} days`;
  if (hours < 24 * 30 * 2) return `${Math.trunc(hours / 24 / 7)} weeks`;
  if (hours < 24 * 365 * 2) return `${Math.trunc(hours / 24 / 30)} months`;
  return `${Math.trunc(seconds / 3600 / 24 / 365)} years`;
}

/** "4 seconds ago". */
export const ago = (moment: Date, now: Date): string => `${humanDuration(now.getTime() - moment.getTime())} ago`;

/** A moment as Go prints it: "2026-11-23 19:23:30 +0000 UTC", in the machine's own zone. */
export function goTime(moment: Date, digits = ''): string {
  const fraction = digits.replace(/\.?0+$/, '');
  const offset = -moment.getTimezoneOffset();
  const local = new Date(moment.getTime() + offset * 60_000).toISOString();
  const pad = (value: number): string => String(Math.trunc(value)).padStart(2, '0');
  const sign = offset < 0 ? '-' : '+';
  const size = Math.abs(offset);
  const zone = offset === 0 ? 'UTC' : zoneName(moment);
  return `${local.slice(0, 10)} ${local.slice(11, 19)}${fraction} ${sign}${pad(size / 60)}${pad(size % 60)} ${zone}`;
}

function zoneName(moment: Date): string {
  const parts = new Intl.DateTimeFormat('en', { timeZoneName: 'short' }).formatToParts(moment);
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? '';
}

/** The first `length` characters, the last replaced by "…" when something is cut off. */
export function ellipsis(text: string, length: number): string {
  const letters = [...text];
  return letters.length <= length ? text : `${letters.slice(0, length - 1).join('')}…`;
}
