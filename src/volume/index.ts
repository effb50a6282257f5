export { mountFlagNames } from './mount-options.ts';
export type { VolumeCreate, VolumeRecord, VolumeStore } from './record.ts';
export { pinSubpath, unpinSubpath } from './subpath.ts';
export { Volumes } from './volumes.ts';
