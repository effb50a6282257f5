import { Command as Commander, CommanderError, Option } from 'commander';
import { InvalidValue } from '../values/invalid.ts';
import type { Command } from './command.ts';
import type { Flag } from './flag.ts';
import { meant } from './meant.ts';
import { normalize, spellingOf } from './normalize.ts';
import { UsageError } from './usage-error.ts';

/** What a command line says: the operands in order and every flag's value; undefined when help is asked for. */
export type Reading = { readonly operands: readonly string[]; readonly values: Readonly<Record<string, unknown>> };

/** Reads what stands behind a command's name. `path` is the name with the program's: "portolan network create". */
export function readArguments(command: Command, path: string, argv: readonly string[]): Reading | undefined {
  const flags = Object.entries(command.flags);
  const all = flags.map(([, flag]) => flag);
  const parser = new Commander(path)
    .exitOverride()
    .configureOutput({ writeErr: () => {}, writeOut: () => {} })
    .helpOption(false)
    .showSuggestionAfterError(false)
    .argument('[operands...]')
    .passThroughOptions(command.passThrough === true);
  const options = flags.map(([key, flag]) => [key, flag, addOption(parser, flag)] as const);
  const help = new Option('--help');
  parser.addOption(help);
  parser.action(() => {});
  try {
    parser.parse(normalize(argv, all, command.passThrough === true), { from: 'user' });
  } catch (error) {
    throw usageError(error, command, path);
  }
  const given = parser.opts<Record<string, unknown>>();
  if (given['help'] === true) return undefined;
  const values = Object.fromEntries(options.map(([key, flag, option]) => [key, settingOf(flag, option, given)]));
  checkOperands(command, path, parser.args.length);
  return { operands: parser.args, values };
}

function addOption(parser: Commander, flag: Flag<unknown>): Option {
  const option = new Option(flag.spelling);
  if (flag.read !== undefined) {
    option.argParser((text: string, previous: unknown) => readValue(flag, text, previous));
    option.default(flag.initial);
  }
  parser.addOption(option);
  if (flag.read === undefined && flag.initial === true)
    parser.addOption(new Option(spellingOf(flag).long.replace('--', '--no-')));
  return option;
}

function readValue(flag: Flag<unknown>, text: string, previous: unknown): unknown {
  try {
    return flag.read!(text, previous);
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    const { short, long } = spellingOf(flag);
    const names = short === undefined ? long : `${short}, ${long}`;
    throw new InvalidValue(`invalid argument "${text}" for "${names}" flag: ${error.message}`);
  }
}

/** Commander takes `--no-x` for the opposite of `x`; to docker it is a switch of that name. */
function settingOf(flag: Flag<unknown>, option: Option, given: Readonly<Record<string, unknown>>): unknown {
  const found = given[option.attributeName()];
  if (flag.read !== undefined) return found;
  if (option.negate) return found === false;
  return found ?? flag.initial;
}

function checkOperands({ operands: { least, most }, usage }: Command, path: string, count: number): void {
  if (count >= least && (most === undefined || count <= most)) return;
  const plural = (n: number): string => `${n} argument${n === 1 ? '' : 's'}`;
  const wants =
    most === 0
      ? 'accepts no arguments'
      : most === least
        ? `requires ${plural(least)}`
        : count < least
          ? `requires at least ${plural(least)}`
          : `requires at most ${plural(most!)}`;
  throw new UsageError(`portolan: '${path}' ${wants}\n\nUsage:  ${path} ${usage}\n\n${hint(path)}`, 1);
}

const hint = (path: string): string => `Run '${path} --help' for more information`;

/** Docker's wording and exit code for what commander or a value's reader refused. */
function usageError(error: unknown, command: Command, path: string): unknown {
  const text = refusal(error, command);
  return text === undefined
    ? error
    : new UsageError(`${text}\n\nUsage:  ${`${path} ${command.usage}`.trim()}\n\n${hint(path)}`, 125);
}

function refusal(error: unknown, command: Command): string | undefined {
  if (error instanceof InvalidValue) return error.message;
  if (!(error instanceof CommanderError)) return undefined;
  const option = /'([^']*)'/.exec(error.message)?.[1] ?? '';
  switch (error.code) {
    case 'commander.unknownOption':
      return option.startsWith('--')
        ? unknownFlag(option.split('=')[0]!, command)
        : `unknown shorthand flag: '${option[1]}' in ${option}`;
    case 'commander.optionMissingArgument':
      return `flag needs an argument: ${option.replace(/^(-\w), (--[\w-]+).*$/, '$2').replace(/ <.*$/, '')}`;
    default:
      return error.message;
  }
}

function unknownFlag(name: string, { flags }: Command): string {
  const known = Object.values(flags).map((flag) => spellingOf(flag).long);
  return `unknown flag: ${name}${meant(name, known)}`;
}
