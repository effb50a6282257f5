import { AppError } from '../../base/index.ts';

const units: Readonly<Record<string, number>> = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };

/** "1m30s" in nanoseconds: Go's time.ParseDuration without sign. Throws `invalid` with Go's text. */
export function parseDuration(text: string): number {
  if (text === '0') return 0;
  if (!/^(?:\d+(?:\.\d*)?(?:ns|us|µs|ms|s|m|h))+$/.test(text)) {
    throw new AppError('invalid', `time: invalid duration ${JSON.stringify(text)}`);
  }
  const parts = text.matchAll(/(\d+(?:\.\d*)?)(ns|us|µs|ms|s|m|h)/g);
  return [...parts].reduce((sum, [, amount, unit]) => sum + Number(amount) * units[unit!]!, 0);
}
