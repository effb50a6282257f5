export type {
  AttachOptions,
  Backend,
  BuildBackend,
  ContainerBackend,
  ExecBackend,
  ImageBackend,
  LogChunk,
  LogOptions,
  NetworkBackend,
  StreamSession,
  SystemBackend,
  VolumeBackend,
} from './backend.ts';
export { type ApiServer, type ApiServerDeps, createApiServer } from './server.ts';
