import { AppError, prefixed } from '../../base/index.ts';
import type { ContainerCreateBody } from '../../contract/index.ts';
import { before } from './before.ts';
import { type Migrated, mainEndpoint, perNetworkSince, withEndpoint } from './main-endpoint.ts';

/** Up to here settings of eth0 are taken for those of the main network. */
const interfaceSysctlsUntil = '1.48';
const sysctlOption = 'com.docker.network.endpoint.sysctls';

/** `--sysctl net.ipv4.conf.eth0.forwarding=1` becomes an option of the main network's endpoint, whatever its interface. */
export function withSysctls(body: ContainerCreateBody, version: string): Migrated {
  const mode = body.HostConfig.NetworkMode;
  const named = Object.entries(body.HostConfig.Sysctls).filter(([key]) => /^net\.[^.]+\.[^.]+\.eth\d+\./.test(key));
  if (named.length === 0 || mode === 'host' || mode.startsWith('container:')) return { body, warnings: [] };
  const moved = named.map(([key, value]) => migratedSysctl(body, version, key, value));
  const name = mainEndpoint(body, before(version, perNetworkSince));
  const present = body.Endpoints[name]?.DriverOpts ?? {};
  const all = [...moved, ...(present[sysctlOption] ? [present[sysctlOption]] : [])].join(',');
  const changed = withEndpoint(body, name, { DriverOpts: { ...present, [sysctlOption]: all } });
  const left = Object.entries(body.HostConfig.Sysctls).filter(([key]) => named.every(([other]) => other !== key));
  return {
    body: { ...changed, HostConfig: { ...changed.HostConfig, Sysctls: Object.fromEntries(left) } },
    warnings: named.map(([key], i) => `Migrated sysctl ${key} to DriverOpts{${sysctlOption}:${moved[i]}}.`),
  };
}

function migratedSysctl(body: ContainerCreateBody, version: string, key: string, value: string): string {
  if (!before(version, interfaceSysctlsUntil)) {
    const text = `interface specific sysctl setting "${key}" must be supplied using driver option '${sysctlOption}'`;
    throw new AppError('invalid', text);
  }
  const old = before(version, perNetworkSince);
  prefixed(`unable to find a network for sysctl ${key}`, () => mainEndpoint(body, old));
  const [, family, group, name, ...rest] = key.split('.');
  if (name !== 'eth0') {
    const text = `unable to determine network endpoint for sysctl ${key}, use driver option '${sysctlOption}' to set per-interface sysctls`;
    throw new AppError('invalid', text);
  }
  return `net.${family}.${group}.IFNAME.${rest.join('.')}=${value}`;
}
