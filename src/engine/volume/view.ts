import type { VolumeInspect } from '../../contract/index.ts';
import type { VolumeRecord } from '../../volume/index.ts';
import type { Parts } from '../parts.ts';

/** GET /volumes/{name}. */
export function volumeView(
  { volumes }: Pick<Parts, 'volumes'>,
  { id, created, labels, options }: VolumeRecord,
): VolumeInspect {
  return {
    Name: id,
    Driver: 'local',
    Mountpoint: volumes.mountpoint(id),
    CreatedAt: created,
    Labels: Object.keys(labels).length === 0 ? null : labels,
    Options: Object.keys(options).length === 0 ? null : options,
    Scope: 'local',
  };
}
