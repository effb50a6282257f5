import { AppError } from '../base/index.ts';
import { parseDuration } from './duration.ts';
import type { ImageConfig } from './types.ts';

/**
 * The changes of `docker import --change` and `docker commit --change`: lines of a Dockerfile that set the run
 * configuration (Dockerfile reference). Variables are not expanded.
 */
export function applyChanges(config: ImageConfig, changes: readonly string[]): ImageConfig {
  const lines = changes
    .flatMap((change) => change.split('\n'))
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const changed = lines.reduce(applyChange, config);
  // A new entrypoint without a command of its own drops the command that was meant for the old one.
  const sets = (name: string): boolean => lines.some((line) => line.split(/\s/, 1)[0]!.toUpperCase() === name);
  return sets('ENTRYPOINT') && !sets('CMD') ? { ...changed, Cmd: null } : changed;
}

function applyChange(config: ImageConfig, line: string): ImageConfig {
  const [, word = '', rest = ''] = /^(\S+)\s*([\s\S]*)$/.exec(line) ?? [];
  const name = word.toUpperCase();
  const instruction = instructions[name];
  if (instruction === undefined) throw new AppError('invalid', `${name} is not a valid change command`);
  if (rest === '' && !mayBeEmpty.has(name)) throw new AppError('invalid', `${name} requires at least one argument`);
  return { ...config, ...instruction(rest, config) };
}

type Instruction = (rest: string, config: ImageConfig) => ImageConfig;
const mayBeEmpty: ReadonlySet<string> = new Set(['CMD', 'ENTRYPOINT']);

const instructions: Readonly<Record<string, Instruction>> = {
  CMD: (rest) => ({ Cmd: command(rest) }),
  ENTRYPOINT: (rest) => ({ Entrypoint: command(rest) }),
  ENV: (rest, { Env = [] }) => ({ Env: merge(Env, pairs('ENV', rest)) }),
  LABEL: (rest, { Labels }) => ({ Labels: { ...Labels, ...Object.fromEntries(pairs('LABEL', rest)) } }),
  EXPOSE: (rest, { ExposedPorts }) => ({ ExposedPorts: { ...ExposedPorts, ...keys(words(rest).flatMap(ports)) } }),
  USER: (rest) => ({ User: only('USER', rest) }),
  WORKDIR: (rest, { WorkingDir = '/' }) => ({ WorkingDir: resolve(WorkingDir, unquote(rest)) }),
  VOLUME: (rest, { Volumes }) => ({ Volumes: { ...Volumes, ...keys(volumes(rest)) } }),
  STOPSIGNAL: (rest) => ({ StopSignal: only('STOPSIGNAL', rest) }),
  ONBUILD: (rest, { OnBuild = [] }) => ({ OnBuild: [...OnBuild, onBuild(rest)] }),
  HEALTHCHECK: (rest) => ({ Healthcheck: healthcheck(rest) }),
};

/** A JSON list of strings, or undefined: then it is shell form. */
function jsonList(text: string): string[] | undefined {
  if (!text.startsWith('[')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined;
  } catch {
    return undefined;
  }
}

const command = (rest: string): string[] => jsonList(rest) ?? (rest === '' ? [] : ['/bin/sh', '-c', rest]);

function volumes(rest: string): string[] {
  const paths = jsonList(rest) ?? words(rest);
  if (paths.length === 0 || paths.includes(''))
    throw new AppError('invalid', 'VOLUME specified can not be an empty string');
  return paths;
}

/** Words as a shell splits them: quotes and backslashes are taken off. */
function words(text: string): string[] {
  const found = text.match(/(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'\\])+/gs) ?? [];
  return found.map(unquote);
}

function unquote(word: string): string {
  const parts = word.matchAll(/"((?:\\.|[^"\\])*)"|'([^']*)'|\\(.)|([^"'\\]+)/gs);
  return [...parts]
    .map(([, double, single, escaped, plain]) => {
      return double?.replace(/\\(["\\$])/g, '$1') ?? single ?? escaped ?? plain ?? '';
    })
    .join('');
}

/** `a=b c="d e"`, or the old form `a some text`. */
function pairs(name: string, rest: string): [string, string][] {
  const [first = ''] = words(rest);
  if (!first.includes('=')) {
    const [, key = '', value] = /^(\S+)\s+([\s\S]+)$/.exec(rest) ?? [];
    if (value === undefined) throw new AppError('invalid', `${name} must have two arguments`);
    return [[key, unquote(value)]];
  }
  return words(rest).map((word) => {
    const equals = word.indexOf('=');
    if (equals < 0)
      throw new AppError('invalid', `Syntax error - can't find = in "${word}". Must be of the form: name=value`);
    if (equals === 0) throw new AppError('invalid', `${name} names can not be blank`);
    return [word.slice(0, equals), word.slice(equals + 1)];
  });
}

function merge(env: readonly string[], added: readonly (readonly [string, string])[]): string[] {
  const values = new Map(env.map((line) => [line.split('=', 1)[0]!, line]));
  for (const [key, value] of added) values.set(key, `${key}=${value}`);
  return [...values.values()];
}

/** "80", "80/udp", "8000-8002/tcp". */
function ports(text: string): string[] {
  const [, first, last = first, protocol = 'tcp'] = /^(\d{1,5})(?:-(\d{1,5}))?(?:\/(tcp|udp|sctp))?$/i.exec(text) ?? [];
  const [from, to] = [Number(first), Number(last)];
  if (first === undefined || from < 1 || to < from || to > 65535) {
    throw new AppError('invalid', `invalid containerPort: ${text}`);
  }
  return Array.from({ length: to - from + 1 }, (_, i) => `${from + i}/${protocol.toLowerCase()}`);
}

const keys = (names: readonly string[]): Record<string, object> => Object.fromEntries(names.map((name) => [name, {}]));

function only(name: string, rest: string): string {
  const [word = '', ...more] = words(rest);
  if (more.length > 0 || word === '') throw new AppError('invalid', `${name} requires exactly one argument`);
  return word;
}

const resolve = (from: string, to: string): string => {
  const parts = (to.startsWith('/') ? to : `${from}/${to}`).split('/').filter((part) => part !== '' && part !== '.');
  const done: string[] = [];
  for (const part of parts) {
    if (part === '..') done.pop();
    else done.push(part);
  }
  return `/${done.join('/')}`;
};

function onBuild(rest: string): string {
  const trigger = /^\S+/.exec(rest)?.[0].toUpperCase() ?? '';
  if (trigger === 'ONBUILD') throw new AppError('invalid', "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
  if (trigger === 'FROM' || trigger === 'MAINTAINER') {
    throw new AppError('invalid', `${trigger} isn't allowed as an ONBUILD trigger`);
  }
  return rest;
}

const healthTimes: Readonly<Record<string, 'Interval' | 'Timeout' | 'StartPeriod' | 'StartInterval'>> = {
  interval: 'Interval',
  timeout: 'Timeout',
  'start-period': 'StartPeriod',
  'start-interval': 'StartInterval',
};

function healthcheck(text: string): NonNullable<ImageConfig['Healthcheck']> {
  let rest = text;
  let check: NonNullable<ImageConfig['Healthcheck']> = {};
  for (let flag = /^--([a-z-]+)=(\S+)\s*/.exec(rest); flag !== null; flag = /^--([a-z-]+)=(\S+)\s*/.exec(rest)) {
    check = { ...check, ...healthOption(flag[1]!, flag[2]!) };
    rest = rest.slice(flag[0].length);
  }
  const [, kind = '', body = ''] = /^(\S+)\s*([\s\S]*)$/.exec(rest) ?? [];
  if (kind.toUpperCase() === 'NONE' && body === '') return { Test: ['NONE'] };
  if (kind.toUpperCase() !== 'CMD') {
    throw new AppError('invalid', `Unknown type ${JSON.stringify(kind)} in HEALTHCHECK (try CMD)`);
  }
  if (body === '') throw new AppError('invalid', 'Missing command after HEALTHCHECK CMD');
  const list = jsonList(body);
  return { ...check, Test: list === undefined ? ['CMD-SHELL', body] : ['CMD', ...list] };
}

function healthOption(flag: string, value: string): NonNullable<ImageConfig['Healthcheck']> {
  if (flag === 'retries') {
    if (!/^\d{1,6}$/.test(value)) throw new AppError('invalid', `--retries cannot be negative (${value})`);
    return { Retries: Number(value) };
  }
  const key = healthTimes[flag];
  if (key === undefined) throw new AppError('invalid', `unknown flag: ${flag}`);
  return { [key]: parseDuration(value) };
}
