import { AppError } from '../../base/index.ts';
import type { RunConfig } from '../run-config.ts';
import { settings } from './settings.ts';
import { unquote } from './words.ts';

/** Docker allows every setting here but the shell; these may stand without arguments. */
const mayBeEmpty: ReadonlySet<string> = new Set(['CMD', 'ENTRYPOINT']);

/**
 * The changes of `docker import --change` and `docker commit --change`: lines of a Dockerfile that set the run
 * configuration (Dockerfile reference). Variables are not expanded.
 */
export function applyChanges(config: RunConfig, changes: readonly string[]): RunConfig {
  const lines = changes
    .flatMap((change) => change.split('\n'))
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const changed = lines.reduce(applyChange, config);
  // A new entrypoint without a command of its own drops the command that was meant for the old one.
  const sets = (name: string): boolean => lines.some((line) => line.split(/\s/, 1)[0]!.toUpperCase() === name);
  return sets('ENTRYPOINT') && !sets('CMD') ? { ...changed, Cmd: null } : changed;
}

function applyChange(config: RunConfig, line: string): RunConfig {
  const [, word = '', rest = ''] = /^(\S+)\s*([\s\S]*)$/.exec(line) ?? [];
  const name = word.toUpperCase();
  const settle = settings[name];
  if (settle === undefined) throw new AppError('invalid', `${name} is not a valid change command`);
  if (rest === '' && !mayBeEmpty.has(name)) throw new AppError('invalid', `${name} requires at least one argument`);
  return { ...config, ...settle(rest, config, unquote).patch };
}
