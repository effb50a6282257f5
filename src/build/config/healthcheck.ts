import { AppError } from '../../base/index.ts';
import type { Healthcheck } from '../run-config.ts';
import { parseDuration } from './duration.ts';
import { jsonList } from './words.ts';

/** container.MinimumDuration of Docker's API. */
const leastNanoseconds = 1e6;

const times: Readonly<Record<string, 'Interval' | 'Timeout' | 'StartPeriod' | 'StartInterval'>> = {
  interval: 'Interval',
  timeout: 'Timeout',
  'start-period': 'StartPeriod',
  'start-interval': 'StartInterval',
};

/** `[--interval=…] CMD …` or `NONE` (Dockerfile reference, HEALTHCHECK). */
export function healthcheck(text: string): Healthcheck {
  let rest = text;
  let check: Healthcheck = {};
  for (let flag = /^--([a-z-]+)=(\S+)\s*/.exec(rest); flag !== null; flag = /^--([a-z-]+)=(\S+)\s*/.exec(rest)) {
    check = { ...check, ...option(flag[1]!, flag[2]!) };
    rest = rest.slice(flag[0].length);
  }
  const [, kind = '', body = ''] = /^(\S+)\s*([\s\S]*)$/.exec(rest) ?? [];
  if (kind.toUpperCase() === 'NONE') {
    if (body !== '') throw new AppError('invalid', 'HEALTHCHECK NONE takes no arguments');
    return { Test: ['NONE'] };
  }
  if (kind.toUpperCase() !== 'CMD') {
    throw new AppError('invalid', `Unknown type ${JSON.stringify(kind.toUpperCase())} in HEALTHCHECK (try CMD)`);
  }
  if (body === '') throw new AppError('invalid', 'Missing command after HEALTHCHECK CMD');
  const list = jsonList(body);
  return { ...check, Test: list === undefined ? ['CMD-SHELL', body] : ['CMD', ...list] };
}

function option(flag: string, value: string): Healthcheck {
  if (flag === 'retries') {
    if (!/^\d{1,6}$/.test(value)) throw new AppError('invalid', `--retries cannot be negative (${value})`);
    return { Retries: Number(value) };
  }
  const key = times[flag];
  if (key === undefined) throw new AppError('invalid', `unknown flag: ${flag}`);
  const time = parseDuration(value);
  if (time !== 0 && time < leastNanoseconds) {
    throw new AppError('invalid', `Interval ${JSON.stringify(flag)} cannot be less than 1ms`);
  }
  return { [key]: time };
}
