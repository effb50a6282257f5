export { ClashWatch } from './clash-watch.ts';
export { HostRoutes } from './host-routes.ts';
