import type { Log } from '../base/index.ts';
import type { DaemonFlags } from './flags/index.ts';

/** What flags say of proxies goes before the environment, and into it: git, which the engine runs, looks there. */
export function setProxies({ httpProxy, httpsProxy, noProxy }: DaemonFlags, log: Log): void {
  const asked = { HTTP_PROXY: httpProxy, HTTPS_PROXY: httpsProxy, NO_PROXY: noProxy };
  for (const [name, value] of Object.entries(asked)) {
    if (value === undefined) continue;
    const before = process.env[name] || process.env[name.toLowerCase()];
    if (before && before !== value) log.warn(`the flag goes before the variable ${name} of the environment`);
    process.env[name] = value;
  }
}
