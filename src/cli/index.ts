import { parseAddress } from '../client/index.ts';
import { catalog, daemon, findCommand, groups } from './catalog.ts';
import { type Again, Context, type Environment } from './context.ts';
import { parseGlobals } from './globals.ts';
import { readArguments } from './parse/read.ts';
import { UsageError } from './parse/usage-error.ts';
import { type Stdio, write } from './stdio.ts';

export type { Environment } from './context.ts';
export type { Stdio } from './stdio.ts';

/** Runs one command line, without the program's name in front. Never throws; answers with the exit code. */
export async function runCli(argv: readonly string[], env: Environment, stdio: Stdio): Promise<number> {
  // A failed write is thrown where it was made (see write); the event itself says nothing more.
  stdio.stdout.on('error', () => {});
  try {
    return await dispatch(argv, env, stdio);
  } catch (error) {
    // `portolan ps | head`: a reader that has seen enough is no error.
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') return 0;
    if (error instanceof UsageError) {
      await write(stdio.stderr, `${error.message}\n`);
      return error.exitCode;
    }
    const { describeFailure } = await import('./failure.ts');
    await write(stdio.stderr, `${describeFailure(error)}\n`);
    return 1;
  }
}

async function dispatch(argv: readonly string[], env: Environment, stdio: Stdio): Promise<number> {
  const { host, help, version, rest } = parseGlobals(argv, env);
  if (version) {
    const { release } = await import('./release.ts');
    await write(stdio.stdout, `Portolan version ${release()}\n`);
    return 0;
  }
  const words = rest[0] === 'help' ? rest.slice(1) : rest;
  const wantsHelp = help || rest[0] === 'help';
  const found = findCommand(words);
  if (found === undefined) return explain(words, stdio);
  const again: Again = (others, streams) => runCli(['-H', host, ...others], env, streams);
  using context = new Context(stdio, env, parseAddress(host), again);
  const { entry, length } = found;
  const path = ['portolan', ...words.slice(0, length)].join(' ');
  const command = await entry.load();
  const reading = wantsHelp ? undefined : readArguments(command, path, words.slice(length));
  // Awaited here: the connection is closed when this scope ends.
  if (reading !== undefined) return await command.run(context, reading.operands, reading.values);
  const { commandHelp } = await import('./parse/help.ts');
  await context.out(commandHelp(command, path, entry.names));
  return 0;
}

const firstWords: readonly string[] = [
  ...new Set([
    ...catalog.flatMap(({ names }) => names.map((name) => name.split(' ')[0]!)),
    ...Object.keys(groups),
    daemon.name,
  ]),
];

const membersOf = (group: string): readonly string[] =>
  catalog
    .flatMap(({ names }) => names.map((name) => name.split(' ')))
    .flatMap(([first, second]) => (first === group && second !== undefined ? [second] : []));

async function didYouMean(word: string, known: readonly string[]): Promise<string> {
  const { meant } = await import('./parse/meant.ts');
  return meant(word, known);
}

/** No command of that name: the overview, a group's overview, or what is wrong. */
async function explain([name, ...more]: readonly string[], stdio: Stdio): Promise<number> {
  const { groupHelp, rootHelp } = await import('./help.ts');
  if (name === undefined) {
    await write(stdio.stdout, rootHelp());
    return 0;
  }
  if (!Object.hasOwn(groups, name)) {
    throw new UsageError(
      `portolan: unknown command: portolan ${name}${await didYouMean(name, firstWords)}\n\nRun 'portolan --help' for more information`,
      1,
    );
  }
  const member = more.find((word) => !word.startsWith('-'));
  if (member !== undefined) {
    throw new UsageError(
      `portolan: unknown command: portolan ${name} ${member}${await didYouMean(member, membersOf(name))}\n\nUsage:  portolan ${name}\n\nRun 'portolan ${name} --help' for more information`,
      1,
    );
  }
  await write(stdio.stdout, groupHelp(name as keyof typeof groups));
  return 0;
}
