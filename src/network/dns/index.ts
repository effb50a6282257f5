export { type HostResolvConf, HostResolvers } from './files/host-resolvers.ts';
export { hostsFile, replaceHostsEntries } from './files/hosts.ts';
export { bridgeResolvConf, embeddedResolvConf, parseResolvConf } from './files/resolv-conf.ts';
export type { HostsEntry, ResolvConf, ResolvConfOverrides } from './files/types.ts';
export { writeGenerated, writeInPlace } from './files/write.ts';
export { Resolver } from './resolver.ts';
export type { ResolverOptions, SandboxView, Service, SocketStore, Zone, ZoneRecord } from './types.ts';
