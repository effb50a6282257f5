import { InvalidValue } from './invalid.ts';

const nanoseconds: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/** Nanoseconds from a length of time in Go's notation: "1h2m", "1.5s", "300ms", "0". */
export function parseDuration(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g)];
  if (text === '0') return 0;
  if (parts.length === 0 || parts.map((part) => part[0]).join('') !== text.replace(/^[-+]/, '')) {
    throw new InvalidValue(`time: invalid duration "${text}"`);
  }
  const total = parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * nanoseconds[unit!]!, 0);
  return Math.round(text.startsWith('-') ? -total : total);
}

const localFormats = /^\d{4}-\d{2}-\d{2}(?:T\d{2}(?::\d{2}(?::\d{2}(?:\.\d{1,9})?)?)?)?$/;

/**
 * Seconds since 1970, as the engine's `since` and `until` want them, from a length of time back from now ("42m"), a date
 * with or without time and zone, or seconds themselves.
 */
export function parseMoment(text: string, now: Date): string {
  if (/^\d+(\.\d+)?$/.test(text)) return text;
  if (/^[-+]?[\d.]+[a-zµμ]/.test(text)) return seconds(now.getTime() - parseDuration(text) / 1e6);
  const date = text.replace(' ', 'T');
  const moment = new Date(localFormats.test(date) ? complete(date) : date);
  if (Number.isNaN(moment.getTime())) throw new InvalidValue(`failed to parse value as time or duration: "${text}"`);
  const fraction = /\.(\d{1,9})/.exec(text)?.[1] ?? '';
  return `${Math.floor(moment.getTime() / 1000)}.${fraction.padEnd(9, '0')}`;
}

/** A date without zone is local time; what is left out of the time is zero. */
function complete(date: string): string {
  const [day, time = ''] = date.split('T');
  const [hour = '00', minute = '00', second = '00'] = time.split(':').filter((part) => part !== '');
  return `${day}T${hour}:${minute}:${second}`;
}

function seconds(milliseconds: number): string {
  const whole = Math.floor(milliseconds / 1000);
  return `${whole}.${String(Math.round((milliseconds - whole * 1000) * 1e6)).padStart(9, '0')}`;
}
