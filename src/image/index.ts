export type { Access as CopyAccess, PathStat, View as CopyView } from './copy/order.ts';
export { copyIn, copyOut, statPath } from './copy/run.ts';
export { heldStream } from './held-stream.ts';
export type { Change } from './pack/order.ts';
export { pack } from './pack/run.ts';
export { parsePlatform, refusePlatform } from './platform.ts';
export type { ImageRecord, ImageStore, LayerRecord, Records, TagRecord } from './records.ts';
export { familiar, familiarName, parseReference, type Reference } from './reference.ts';
export { trustMachine } from './registry/authorities.ts';
export type { Distribution } from './registry/login.ts';
export type { Credentials, RegistryOptions } from './registry/options.ts';
export { createImages, type ImagesDeps } from './service.ts';
export {
  archiveIn,
  archiveOf,
  type Destination,
  digestIn,
  findIn,
  type Kind,
  kindIn,
  openIn,
  unpack,
} from './tree/index.ts';
export type { Image, ImageConfig, ImageDocument, Images, NewImage, Progress, RootFs, WorkTree } from './types.ts';
