import { AppError } from '../../base/index.ts';
import type { MountRequest } from '../../contract/index.ts';
import { before } from './before.ts';

/**
 * A mount as a client of the newest version would ask for it: what its own version did not know is left out, or refused
 * where leaving it out would give a container more than was meant. Throws `invalid` with Docker's texts.
 */
export function migrateMount(mount: MountRequest, version: string): MountRequest {
  refuseNewer(mount, version);
  const { Type, BindOptions, VolumeOptions, TmpfsOptions, ImageOptions } = mount;
  if (!before(version, '1.42')) {
    refuseStray(Type, { BindOptions, VolumeOptions, TmpfsOptions, ImageOptions });
    return withBind(mount, version);
  }
  const own = {
    ...mount,
    VolumeOptions: Type === 'volume' ? VolumeOptions : null,
    TmpfsOptions: Type === 'tmpfs' ? TmpfsOptions : null,
  };
  return withBind(own, version);
}

function refuseNewer({ Type, BindOptions, VolumeOptions }: MountRequest, version: string): void {
  const need = (what: string, since: `1.${number}`, asked: boolean): void => {
    if (asked && before(version, since)) throw new AppError('invalid', `${what} needs API v${since} or newer`);
  };
  const forced = Type === 'bind' && BindOptions?.ReadOnlyForceRecursive === true;
  need('BindOptions.ReadOnlyForceRecursive', '1.44', forced);
  need('VolumeOptions.Subpath', '1.45', (VolumeOptions?.Subpath ?? '') !== '');
  need('Mount type "Image"', '1.48', Type === 'image');
}

/** Options of another type of mount than it is. */
function refuseStray(type: string, options: Readonly<Record<string, object | null>>): void {
  const own = { bind: 'BindOptions', volume: 'VolumeOptions', tmpfs: 'TmpfsOptions', image: 'ImageOptions' }[type];
  for (const [name, value] of Object.entries(options)) {
    if (value !== null && name !== own) {
      throw new AppError('invalid', `${name} must not be specified on mount type "${type}"`);
    }
  }
}

function withBind(mount: MountRequest, version: string): MountRequest {
  const { Type, BindOptions, ReadOnly } = mount;
  if (Type !== 'bind' || !before(version, '1.44')) return mount;
  const asked = BindOptions ?? noBindOptions;
  return {
    ...mount,
    BindOptions: {
      ...asked,
      NonRecursive: asked.NonRecursive && !before(version, '1.40'),
      CreateMountpoint: asked.CreateMountpoint && !before(version, '1.42'),
      // Read-only mounts were so at their top alone.
      ReadOnlyNonRecursive: ReadOnly,
    },
  };
}

const noBindOptions: NonNullable<MountRequest['BindOptions']> = {
  Propagation: '',
  NonRecursive: false,
  CreateMountpoint: false,
  ReadOnlyNonRecursive: false,
  ReadOnlyForceRecursive: false,
};
