/** Addresses of a plugin: see README.md. */
export { type RemotePoolsRequest, releasePools, requestPools } from './pools.ts';
export { type HeldPool, RemoteIpam } from './remote-ipam.ts';
