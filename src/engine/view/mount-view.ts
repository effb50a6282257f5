import type { MountPoint } from '../../contract/index.ts';
import type { MountRecord } from '../container/record.ts';

/** As inspect and ps show mounts. */
export const mountViews = (mounts: readonly MountRecord[]): readonly MountPoint[] =>
  mounts.map(
    ({ subpath: _subpath, imageId: _imageId, nonRecursive: _nonRecursive, readOnly: _readOnly, ...point }) => point,
  );
