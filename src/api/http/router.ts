import type { HTTPMethod } from 'find-my-way';
import createFinder from 'find-my-way';
import { AppError } from '../../base/index.ts';
import { compareVersions } from '../../contract/index.ts';
import { Query } from './query.ts';
import type { Route } from './route.ts';
import { splitVersion } from './version.ts';

/** Longest name in a path. Image references with digests are the longest that make sense. */
const longestName = 2048;

/** What follows a name that may hold slashes: `/images/a/b:c/json`, `/containers/owner/alias/json`. */
const verbs: Readonly<Record<string, RegExp>> = {
  GET: /\/(json|history|get|changes|attestations|top|logs|export|stats|archive|attach\/ws)$/,
  HEAD: /\/archive$/,
  POST: /\/(tag|push|pull|upgrade|set|enable|disable|attach|exec|kill|pause|rename|resize|restart|start|stop|unpause|update|wait)$/,
  PUT: /\/archive$/,
};

export type Match = {
  readonly route: Route;
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly query: Query;
  readonly version: string;
};

/** Path, method and version to a row. All version gates are here. */
export class Router {
  readonly #finder = createFinder({ maxParamLength: longestName });

  constructor(routes: readonly Route[]) {
    for (const route of routes) {
      this.#finder.on(route.method as HTTPMethod, route.path, () => {}, route);
    }
  }

  /** Throws `not-found` `page not found`, also for a wrong method, and `invalid` for a version that is not spoken. */
  match(method: string, url: string): Match {
    const mark = url.indexOf('?');
    const { version, path } = splitVersion(mark < 0 ? url : url.slice(0, mark));
    const found = this.#find(method, path);
    if (!found) throw new AppError('not-found', 'page not found');
    const { route, params } = found;
    if (route.since && compareVersions(version, route.since) < 0) throw new AppError('not-found', 'page not found');
    return { route, params, version, query: new Query(mark < 0 ? '' : url.slice(mark + 1)) };
  }

  #find(method: string, path: string): Pick<Match, 'route' | 'params'> | undefined {
    const found = this.#finder.find(method as HTTPMethod, foldName(method, path));
    return found?.store ? { route: found.store as Route, params: found.params } : undefined;
  }
}

/**
 * Hides the slashes inside the name of an image, a plugin, or of a container as a link calls it, from the router, which
 * ends a parameter at the first.
 */
function foldName(method: string, path: string): string {
  const match = /^\/(images|plugins|distribution|containers)\/(.+)$/.exec(path);
  if (!match) return path;
  const [, kind, rest = ''] = match;
  const verb = verbs[method]?.exec(rest)?.[0] ?? '';
  const name = rest.slice(0, rest.length - verb.length);
  return `/${kind}/${name.replaceAll('/', '%2F')}${verb}`;
}
