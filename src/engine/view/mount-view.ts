import type { MountPoint } from '../../contract/index.ts';
import type { MountRecord } from '../container/record.ts';

/** As inspect and ps show mounts. */
export const mountViews = (mounts: readonly MountRecord[]): readonly MountPoint[] =>
  mounts.map(({ subpath: _s, imageId: _i, nonRecursive: _n, readOnly: _r, nameless: _a, ...point }) => point);
