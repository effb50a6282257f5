export { type Address, defaultHost, parseAddress } from './address.ts';
export type { ContainerPath } from './archives.ts';
export { Client } from './client.ts';
export type { AttachOptions, Condition, ExitReport, LogOptions, StopOptions } from './containers.ts';
export { ApiError, ConnectError, type ConnectFailure } from './errors.ts';
export { demultiplex, type Piece, plain } from './frames.ts';
export type { ImageDeletion } from './images.ts';
export type { DiskUsage } from './system.ts';
export type { CreateRequest, Filters, Requested } from './values.ts';
