export { type DaemonFlags, parseDaemonFlags } from './flags.ts';
