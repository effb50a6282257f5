import { isIp } from '../../../base/index.ts';
import type { ContainerConfig, HostConfig } from '../../../contract/index.ts';
import { networkMode } from '../../run/network.ts';
import { refuse } from './refuse.ts';

/** What cannot be had together with the host's or another container's network. */
export function checkNetworkMode(config: ContainerConfig, host: HostConfig): void {
  const mode = networkMode(host.NetworkMode);
  if (mode.kind === 'own') return;
  if (mode.kind === 'host') {
    if (host.Links.length > 0)
      refuse(
        "conflicting options: host type networking can't be used with links. This would result in undefined behavior",
      );
    return;
  }
  if (mode.ref === '') refuse('invalid network mode: invalid container format container:<name|id>');
  const conflicts: readonly (readonly [boolean, string])[] = [
    [config.Hostname !== '', 'hostname and the network mode'],
    [host.Links.length > 0, "container type network can't be used with links. This would result in undefined behavior"],
    [host.Dns.length > 0, 'dns and the network mode'],
    [host.ExtraHosts.length > 0, 'custom host-to-IP mapping and the network mode'],
    [config.MacAddress !== '', 'mac-address and the network mode'],
    [
      Object.keys(host.PortBindings).length > 0 || host.PublishAllPorts,
      'port publishing and the container type network mode',
    ],
    [Object.keys(config.ExposedPorts).length > 0, 'port exposing and the container type network mode'],
  ];
  for (const [found, text] of conflicts) if (found) refuse(`conflicting options: ${text}`);
}

/** "name:address" or "name=address"; "host-gateway" stands for the host's own address. */
export function checkExtraHosts(entries: readonly string[]): void {
  for (const entry of entries) {
    const at = entry.search(/[:=]/);
    if (at <= 0) refuse(`bad format for add-host: "${entry}"`);
    const address = entry.slice(at + 1).replace(/^\[(.*)\]$/, '$1');
    if (address !== 'host-gateway' && !isIp(address)) refuse(`invalid IP address in add-host: "${address}"`);
  }
}
