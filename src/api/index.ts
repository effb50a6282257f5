export type {
  AttachOptions,
  Backend,
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
