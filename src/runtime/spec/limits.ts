import { AppError } from '../../base/index.ts';

/** Hard limits of the engine itself, by name as in `ulimit` ("nofile"); Infinity for unlimited. */
export type HardLimits = Readonly<Record<string, number>>;

/** The rows of /proc/PID/limits that setrlimit(2) knows. */
const rows: Readonly<Record<string, string>> = {
  'Max cpu time': 'cpu',
  'Max file size': 'fsize',
  'Max data size': 'data',
  'Max stack size': 'stack',
  'Max core file size': 'core',
  'Max resident set': 'rss',
  'Max processes': 'nproc',
  'Max open files': 'nofile',
  'Max locked memory': 'memlock',
  'Max address space': 'as',
  'Max file locks': 'locks',
  'Max pending signals': 'sigpending',
  'Max msgqueue size': 'msgqueue',
  'Max nice priority': 'nice',
  'Max realtime priority': 'rtprio',
  'Max realtime timeout': 'rttime',
};

/** Reads the text of /proc/self/limits. */
export function parseHardLimits(text: string): HardLimits {
  const limits: Record<string, number> = {};
  for (const line of text.split('\n')) {
    const name = rows[line.slice(0, 26).trim()];
    if (name === undefined) continue;
    const [, hard = ''] = line.slice(26).trim().split(/\s+/);
    limits[name] = hard === 'unlimited' ? Number.POSITIVE_INFINITY : Number(hard);
  }
  return limits;
}

type Ulimit = { readonly name: string; readonly soft: number; readonly hard: number };

/**
 * Asked limits as the OCI spec wants them; -1 is unlimited. Throws `invalid` for one above what the engine may give:
 * without CAP_SYS_RESOURCE no process gets more than its parent.
 */
export function rlimitsOf(asked: readonly Ulimit[], own: HardLimits, mayRaise: boolean) {
  return asked.map(({ name, soft, hard }) => {
    const most = mayRaise ? Number.POSITIVE_INFINITY : (own[name] ?? Number.POSITIVE_INFINITY);
    const limit = (value: number): number => (value < 0 ? Number.POSITIVE_INFINITY : value);
    if (limit(hard) > most) {
      throw new AppError(
        'invalid',
        `ulimit ${name}=${soft}:${hard} is above what this engine may give, a hard limit of ${most}: ask for less, or start the engine with a higher limit or CAP_SYS_RESOURCE`,
      );
    }
    return { type: `RLIMIT_${name.toUpperCase()}`, soft: limit(soft), hard: limit(hard) };
  });
}
