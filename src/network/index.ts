export { createNetworkController, type NetworkDeps } from './controller.ts';
export type { NetworkStore, RecordTable } from './store.ts';
export type {
  NetworkController,
  NetworkCreate,
  NetworkOptions,
  PortRequest,
  RepairReport,
  SandboxRequest,
  SandboxUp,
} from './types.ts';
