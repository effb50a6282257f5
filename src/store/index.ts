export { Database } from './database.ts';
export type {
  EndpointLease,
  EndpointRecord,
  EndpointRequest,
  FormerLease,
  NetworkRecord,
  Pool,
  PortRequest,
  PublishedPort,
  SandboxNaming,
  SandboxRecord,
} from './records.ts';
export { Table } from './table.ts';
