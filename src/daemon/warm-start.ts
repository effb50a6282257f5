import { flushCompileCache } from 'node:module';

const mark = 'PORTOLAN_STARTED_WARM';

/**
 * Node strips types by a compiler that stays in memory, 10 MiB, unless every module came from the compile cache. So a
 * process that had to compile (the first start of a new version) writes the cache and begins again, under the same pid.
 * Returns when there is nothing to gain: to be called once all modules are loaded and before anything is opened.
 */
export function startWarm(): void {
  const again = process.env[mark] !== undefined;
  delete process.env[mark];
  if (again || !compilerLoaded() || process.execve === undefined) return;
  flushCompileCache();
  const args = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  process.execve(process.execPath, args, { ...process.env, [mark]: '1' });
}

/** `moduleLoadList` is Node's own list of what it has loaded of itself: undocumented, and only asked, never relied on. */
function compilerLoaded(): boolean {
  const { moduleLoadList = [] } = process as { readonly moduleLoadList?: readonly string[] };
  return moduleLoadList.some((name) => name.includes('/amaro/'));
}
