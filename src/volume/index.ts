export type { VolumeCreate, VolumeRecord, VolumeStore } from './record.ts';
export { Volumes } from './volumes.ts';
