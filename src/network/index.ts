export { createNetworkController } from './controller.ts';
export { type AddressingFlags, defaultAddressing } from './default-addressing.ts';
export { mixtureTexts } from './mixture-texts.ts';
export type { NetworkDeps } from './open-core.ts';
export type { NetworkStore, RecordTable } from './store.ts';
export type {
  ExposedPort,
  NetworkController,
  NetworkCreate,
  NetworkEvent,
  NetworkOptions,
  PortRequest,
  RepairReport,
  SandboxRequest,
  SandboxUp,
  SubnetStatus,
} from './types.ts';
