export type { ImageRecord, ImageStore, LayerRecord, Records, TagRecord } from './records.ts';
export { familiar, parseReference, type Reference } from './reference.ts';
export { createImages, type ImagesDeps } from './service.ts';
export type { Image, ImageConfig, ImageDocument, Images, Progress, RootFs } from './types.ts';
