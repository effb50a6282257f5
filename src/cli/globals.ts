import { defaultHost } from '../client/index.ts';
import type { Environment } from './context.ts';
import { UsageError } from './parse/usage-error.ts';

/** What stands in front of the command. */
export type Globals = {
  readonly host: string;
  readonly help: boolean;
  readonly version: boolean;
  /** The command and all that follows it. */
  readonly rest: readonly string[];
};

/** Reads the options before the command's name. PORTOLAN_HOST goes before DOCKER_HOST, -H before both. */
export function parseGlobals(argv: readonly string[], env: Environment): Globals {
  let host = env['PORTOLAN_HOST'] || env['DOCKER_HOST'] || defaultHost;
  let [help, version] = [false, false];
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at]!;
    const given = hostIn(word);
    if (word === '--help' || word === '-h') help = true;
    else if (word === '--version' || word === '-v') version = true;
    else if (given !== undefined) host = given;
    else if (word === '-H' || word === '--host') {
      const next = argv[++at];
      if (next === undefined)
        throw new UsageError(`flag needs an argument: ${word}\n\nRun 'portolan --help' for more information`, 125);
      host = next;
    } else if (word.startsWith('-')) {
      throw new UsageError(`unknown flag: ${word}\n\nRun 'portolan --help' for more information`, 125);
    } else return { host, help, version, rest: argv.slice(at) };
  }
  return { host, help, version, rest: [] };
}

/** "--host=X", "-HX", "-H=X". */
function hostIn(word: string): string | undefined {
  return /^(?:--host=|-H=?)(.+)$/.exec(word)?.[1];
}
