export { createRuntime, type RuntimeDeps } from './create-runtime.ts';
export { sharedMemoryPath } from './shared-memory.ts';
export { signalNumber } from './signal.ts';
export { checkCapabilities } from './spec/capabilities.ts';
export { deviceNumberAt } from './spec/devices.ts';
export { buildSpec, defaultMaskedPaths, defaultReadonlyPaths } from './spec/spec.ts';
export type {
  Attachment,
  CreateRequest,
  ExecHandle,
  ExecRequest,
  Exit,
  IpcMode,
  LogEntry,
  LogQuery,
  Resources,
  Runtime,
  RuntimeStats,
  SpecInput,
  SpecMount,
} from './types.ts';
export { resolveUser, type User } from './user.ts';
