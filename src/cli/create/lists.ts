import { readFileSync } from 'node:fs';
import { isIp } from '../../base/index.ts';
import type { Environment } from '../context.ts';
import { InvalidValue } from '../values/invalid.ts';

/** One of a few words, in any case. */
export const readList =
  (allowed: readonly string[]) =>
  (given: string): string => {
    const word = given.toLowerCase();
    if (!allowed.includes(word))
      throw new InvalidValue(`valid streams are ${allowed.map((one) => one.toUpperCase()).join(', ')}`);
    return word;
  };

export type Pair = readonly [key: string, value: string];

/** "key=value"; a key alone has an empty value. */
export const readMap = (given: string): Pair => splitPair(given);

/** One option of an attachment, "key=value". */
export function readOption(given: string): Pair {
  const [key, value] = splitPair(given).map((part) => part.trim()) as [string, string];
  if (key === '' || !given.includes('=')) throw new InvalidValue('invalid key/value pair format in driver options');
  return [key, value];
}

/** "name:address" or "name=address", an IPv6 address with or without brackets. */
export function readHost(given: string): string {
  const match = /^([^:=]+)[:=](.+)$/.exec(given);
  if (match === null) throw new InvalidValue(`bad format for add-host: "${given}"`);
  return `${match[1]}:${match[2]!.replace(/^\[(.*)\]$/, '$1')}`;
}

/** The address of a name server. */
export function readAddress(given: string): string {
  if (!isIp(given.trim())) throw new InvalidValue(`IP address is not correctly formatted: ${given}`);
  return given.trim();
}

export function splitPair(given: string): Pair {
  const equals = given.indexOf('=');
  return equals === -1 ? [given, ''] : [given.slice(0, equals), given.slice(equals + 1)];
}

/** Labels of files, then those of the command line, which win. */
export function labels(files: readonly string[], given: readonly string[]): Record<string, string> {
  const lines = files.flatMap((file) => linesOf(file));
  return Object.fromEntries([...lines, ...given].map(splitPair));
}

/** Variables of files, then those of the command line; a name alone takes its value from our own environment. */
export function environment(files: readonly string[], given: readonly string[], env: Environment): readonly string[] {
  const fromFiles = files.flatMap((file) => linesOf(file).flatMap((line) => fileVariable(line, file, env)));
  return [...fromFiles, ...given.map((one) => inherited(one, env) ?? one)];
}

/** In a file, a name that we do not have ourselves is left out; on the command line it takes the variable away. */
function fileVariable(line: string, file: string, env: Environment): readonly string[] {
  const [name] = splitPair(line);
  if (name === '' || /\s/.test(name))
    throw new InvalidValue(`invalid env file (${file}): variable '${name}' contains whitespaces`);
  if (line.includes('=')) return [line];
  const found = inherited(line, env);
  return found === undefined ? [] : [found];
}

function inherited(one: string, env: Environment): string | undefined {
  if (one.startsWith('=') || one === '') throw new InvalidValue(`invalid environment variable: ${one}`);
  return one.includes('=') || env[one] === undefined ? undefined : `${one}=${env[one]}`;
}

function linesOf(file: string): readonly string[] {
  const text = readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  return text
    .split('\n')
    .map((line) => line.trimStart().replace(/\r$/, ''))
    .filter((line) => line !== '' && !line.startsWith('#'));
}
