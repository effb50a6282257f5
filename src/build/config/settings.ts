import { AppError } from '../../base/index.ts';
import type { RunConfig } from '../run-config.ts';
import { goDuration, goList, goQuoted } from './go-text.ts';
import { healthcheck } from './healthcheck.ts';
import { type Expand, jsonList, only, pairs, rawWords } from './words.ts';

/** What an instruction does to the configuration, and how the history tells it. */
export type Setting = { readonly patch: RunConfig; readonly told: string };
type Settle = (rest: string, config: RunConfig, expand: Expand) => Setting;

export const defaultShell: readonly string[] = ['/bin/sh', '-c'];

/** Instructions that only change the run configuration (Dockerfile reference). */
export const settings: Readonly<Record<string, Settle>> = {
  CMD: (rest, config) => {
    const Cmd = command(rest, config);
    return { patch: { Cmd }, told: `CMD ${goQuoted(Cmd)}` };
  },
  ENTRYPOINT: (rest, config) => {
    const Entrypoint = command(rest, config);
    return { patch: { Entrypoint }, told: `ENTRYPOINT ${goQuoted(Entrypoint)}` };
  },
  ENV: (rest, { Env = [] }, expand) => {
    const added = pairs('ENV', rest, expand);
    return { patch: { Env: merge(Env, added) }, told: `ENV ${told(added)}` };
  },
  LABEL: (rest, { Labels }, expand) => {
    const added = pairs('LABEL', rest, expand);
    return { patch: { Labels: { ...Labels, ...Object.fromEntries(added) } }, told: `LABEL ${told(added)}` };
  },
  EXPOSE: (rest, { ExposedPorts }, expand) => {
    const words = rawWords(rest)
      .flatMap((word) => expand(word).split(/\s+/))
      .filter((word) => word !== '');
    const patch = { ExposedPorts: { ...ExposedPorts, ...keys(words.flatMap(ports)) } };
    return { patch, told: `EXPOSE ${words.sort().join(' ')}` };
  },
  USER: (rest, _config, expand) => {
    const User = only('USER', rest, expand);
    return { patch: { User }, told: `USER ${User}` };
  },
  WORKDIR: (rest, { WorkingDir = '/' }, expand) => {
    const path = resolve(WorkingDir || '/', expand(rest));
    return { patch: { WorkingDir: path }, told: `WORKDIR ${path}` };
  },
  VOLUME: (rest, { Volumes }, expand) => {
    const paths = (jsonList(rest) ?? rawWords(rest)).map(expand);
    if (paths.length === 0 || paths.includes('')) {
      throw new AppError('invalid', 'VOLUME specified can not be an empty string');
    }
    return { patch: { Volumes: { ...Volumes, ...keys(paths) } }, told: `VOLUME ${goList(paths)}` };
  },
  STOPSIGNAL: (rest, _config, expand) => {
    const StopSignal = only('STOPSIGNAL', rest, expand);
    return { patch: { StopSignal }, told: `STOPSIGNAL ${StopSignal}` };
  },
  ONBUILD: (rest, { OnBuild = [] }) => ({ patch: { OnBuild: [...OnBuild, onBuild(rest)] }, told: `ONBUILD ${rest}` }),
  HEALTHCHECK: (rest) => {
    const Healthcheck = healthcheck(rest);
    return { patch: { Healthcheck }, told: `HEALTHCHECK ${toldHealth(Healthcheck)}` };
  },
};

/** For builds only. */
export function shell(rest: string): Setting {
  const Shell = jsonList(rest);
  if (Shell === undefined || Shell.length === 0) {
    throw new AppError('invalid', 'SHELL requires the arguments to be in JSON form');
  }
  return { patch: { Shell }, told: `SHELL ${goList(Shell)}` };
}

/** A JSON list as it is, anything else by the shell. */
export const command = (rest: string, { Shell = defaultShell }: RunConfig): string[] =>
  jsonList(rest) ?? (rest === '' ? [] : [...Shell, rest]);

const told = (added: readonly (readonly [string, string])[]): string =>
  added.map(([key, value]) => `${key}=${value}`).join(' ');

function toldHealth({
  Test = [],
  Interval = 0,
  Timeout = 0,
  StartPeriod = 0,
  StartInterval = 0,
  Retries = 0,
}: NonNullable<RunConfig['Healthcheck']>): string {
  const times = [Interval, Timeout, StartPeriod, StartInterval].map((time) => `"${goDuration(time)}"`).join(' ');
  return `&{${goQuoted(Test)} ${times} '\\x${Retries.toString(16).padStart(2, '0')}'}`;
}

export function merge(env: readonly string[], added: readonly (readonly [string, string])[]): string[] {
  const values = new Map(env.map((line) => [line.split('=', 1)[0]!, line]));
  for (const [key, value] of added) values.set(key, `${key}=${value}`);
  return [...values.values()];
}

/** "80", "80/udp", "8000-8002/tcp". */
function ports(text: string): string[] {
  // What stands before a colon would be the host's port: passed over, as in Docker.
  const [, first, last = first, protocol = 'tcp'] = /^(?:.*:)?(\d{1,5})(?:-(\d{1,5}))?(?:\/(\w+))?$/i.exec(text) ?? [];
  if (!/^(tcp|udp|sctp)$/i.test(protocol)) throw new AppError('invalid', `invalid proto: ${protocol}`);
  const [from, to] = [Number(first), Number(last)];
  if (first === undefined || from < 1 || to < from || to > 65535) {
    throw new AppError('invalid', `invalid containerPort: ${text}`);
  }
  return Array.from({ length: to - from + 1 }, (_, i) => `${from + i}/${protocol.toLowerCase()}`);
}

const keys = (names: readonly string[]): Record<string, object> => Object.fromEntries(names.map((name) => [name, {}]));

/** A path in the container; never above its root. */
export function resolve(from: string, to: string): string {
  const parts = (to.startsWith('/') ? to : `${from}/${to}`).split('/').filter((part) => part !== '' && part !== '.');
  const done: string[] = [];
  for (const part of parts) {
    if (part === '..') done.pop();
    else done.push(part);
  }
  return `/${done.join('/')}`;
}

function onBuild(rest: string): string {
  const trigger = /^\S+/.exec(rest)?.[0].toUpperCase() ?? '';
  if (trigger === 'ONBUILD') throw new AppError('invalid', "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
  if (trigger === 'FROM' || trigger === 'MAINTAINER') {
    throw new AppError('invalid', `${trigger} isn't allowed as an ONBUILD trigger`);
  }
  return rest;
}
