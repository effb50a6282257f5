import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { AppError, hasCode, messageOf } from '../../base/index.ts';
import { type Flag, flagTable, nameOf, propertyOf } from './command.ts';
import { foreignNotices, isForeign } from './foreign-keys.ts';

type Keys = Readonly<Record<string, unknown>>;

/** The configuration file as arguments, and what is said of keys that were left out. */
export type FileSettings = { readonly argv: readonly string[]; readonly notices: readonly string[] };

/**
 * The keys of the configuration file as arguments, to stand before those of the command line. A key that is no flag's
 * and not dockerd's, a flag given in both places, and a value of the wrong kind are refused, in dockerd's words. Without
 * a file of the default name there is nothing; one that was asked for has to be there. Throws `invalid`.
 */
export function settingsOfFile(given: Command): FileSettings {
  const path = String(given.getOptionValue('configFile'));
  try {
    const keys = readKeys(path, isGiven(given, 'config-file'));
    refuseUnknown(keys);
    refuseConflicts(keys, given);
    const notices = foreignNotices(keys);
    return { argv: flagTable.flatMap((flag) => argumentsOf(flag, keys[keyOf(flag)])), notices };
  } catch (error) {
    throw new AppError('invalid', `unable to configure the Docker daemon with file ${path}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

const keyOf = (flag: Flag): string => flag.key ?? nameOf(flag);

function isGiven(command: Command, name: string): boolean {
  return command.getOptionValueSource(propertyOf(name)) === 'cli';
}

function readKeys(path: string, wanted: boolean): Keys {
  let text: string;
  try {
    text = readFileSync(path, 'utf8')
      .replace(/^\uFEFF/, '')
      .trim();
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
    if (wanted) throw new AppError('invalid', `open ${path}: no such file or directory`);
    return {};
  }
  if (text === '') return {};
  const keys: unknown = JSON.parse(text);
  if (kindOf(keys) !== 'object') {
    throw new AppError(
      'invalid',
      `json: cannot unmarshal ${kindOf(keys)} into Go value of type map[string]interface {}`,
    );
  }
  return withInner(keys as Keys);
}

/** `proxies` is an object with keys of its own. */
function withInner({ proxies, ...keys }: Keys): Keys {
  if (proxies === undefined) return keys;
  if (kindOf(proxies) !== 'object') {
    const text = `json: cannot unmarshal ${kindOf(proxies)} into Go struct field Config.proxies of type config.Proxies`;
    throw new AppError('invalid', text);
  }
  const inner = Object.entries(proxies as Keys).map(([key, value]) => [`proxies.${key}`, value]);
  return { ...keys, ...Object.fromEntries(inner) };
}

function refuseUnknown(keys: Keys): void {
  const known = new Set(flagTable.map(keyOf));
  const unknown = Object.keys(keys).filter((key) => !known.has(key) && !isForeign(key));
  if (unknown.length === 0) return;
  throw new AppError('invalid', `the following directives don't match any configuration option: ${unknown.join(', ')}`);
}

function refuseConflicts(keys: Keys, given: Command): void {
  const both = flagTable.filter((flag) => keys[keyOf(flag)] !== undefined && isGiven(given, nameOf(flag)));
  if (both.length === 0) return;
  const texts = both.map((flag) => {
    const value = given.getOptionValue(propertyOf(nameOf(flag)));
    return `${keyOf(flag)}: (from flag: ${printed(value)}, from file: ${printed(keys[keyOf(flag)])})`;
  });
  throw new AppError(
    'invalid',
    `the following directives are specified both as a flag and in the configuration file: ${texts.join(', ')}`,
  );
}

/** As Go prints lists: [a b]. */
function printed(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(printed).join(' ')}]`;
  return kindOf(value) === 'object' ? pairs(value as Keys).join(',') : String(value);
}

const pairs = (map: Keys): readonly string[] => Object.entries(map).map(([key, value]) => `${key}=${value}`);

function argumentsOf(flag: Flag, value: unknown): readonly string[] {
  if (value === undefined || value === null) return [];
  const one = (text: unknown): string => `--${nameOf(flag)}=${text}`;
  if (flag.key === 'default-network-opts' && kindOf(value) === 'object') {
    return Object.entries(value as Readonly<Record<string, Keys>>).flatMap(([driver, options]) =>
      pairs(options).map((pair) => one(`${driver}=${pair}`)),
    );
  }
  if (flag.key === 'log-opts' && kindOf(value) === 'object') return pairs(value as Keys).map(one);
  const wanted = { bool: 'bool', text: 'string', number: 'number', list: 'array' }[flag.kind];
  if (kindOf(value) !== wanted) {
    const type = { bool: 'bool', text: 'string', number: 'int', list: '[]string' }[flag.kind];
    throw new AppError(
      'invalid',
      `json: cannot unmarshal ${kindOf(value)} into Go struct field Config.${keyOf(flag)} of type ${type}`,
    );
  }
  if (!Array.isArray(value)) return [one(value)];
  return value.map((item) => one(kindOf(item) === 'object' ? pairs(item as Keys).join(',') : item));
}

/** In the words of Go's encoding/json. */
function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
