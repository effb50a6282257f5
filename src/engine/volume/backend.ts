import { checkFilters, type Filters, type VolumeCreateBody, type VolumeInspect } from '../../contract/index.ts';
import type { VolumeRecord } from '../../volume/index.ts';
import type { Parts } from '../parts.ts';
import { hasLabel, matchesPrune } from '../view/filter.ts';

/** The volumes as the API asks for them. */
export class VolumesBackend {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async list(filters: Filters): Promise<{ readonly Volumes: readonly VolumeInspect[]; readonly Warnings: null }> {
    checkFilters(filters, ['dangling', 'driver', 'label', 'name']);
    const any = (key: string, test: (value: string) => boolean): boolean => {
      const values = filters[key] ?? [];
      return values.length === 0 || values.some(test);
    };
    const found = this.#parts.volumes
      .list()
      .filter(
        ({ id, driver, labels, users }) =>
          any('name', (name) => id.includes(name)) &&
          any('driver', (name) => driver === name) &&
          any('dangling', (value) => (value === 'true' || value === '1') === (users.length === 0)) &&
          (filters['label'] ?? []).every((wanted) => hasLabel(labels, wanted)),
      );
    return { Volumes: found.map((record) => this.#view(record)), Warnings: null };
  }

  async inspect(name: string): Promise<VolumeInspect> {
    return this.#view(this.#parts.volumes.get(name));
  }

  async create(body: VolumeCreateBody): Promise<VolumeInspect> {
    const { record, fresh } = await this.#parts.volumes.create({
      name: body.Name,
      driver: body.Driver,
      options: body.DriverOpts,
      labels: body.Labels,
    });
    if (fresh) this.#tell('create', record.id);
    return this.#view(record);
  }

  async remove(name: string, force: boolean): Promise<void> {
    if (await this.#parts.volumes.remove(name, force)) this.#tell('destroy', name);
  }

  /** Unused anonymous volumes; with filter all=true named ones too. */
  async prune(
    filters: Filters,
  ): Promise<{ readonly VolumesDeleted: readonly string[] | null; readonly SpaceReclaimed: number }> {
    checkFilters(filters, ['all', 'label', 'label!']);
    const all = (filters['all'] ?? []).some((value) => value === 'true' || value === '1');
    const { all: _all, ...rest } = filters;
    const wanted = matchesPrune(rest);
    const unused = this.#parts.volumes
      .list()
      .filter(
        ({ users, anonymous, labels, created }) => users.length === 0 && (all || anonymous) && wanted(labels, created),
      );
    for (const { id } of unused) await this.remove(id, false);
    return { VolumesDeleted: unused.length === 0 ? null : unused.map(({ id }) => id), SpaceReclaimed: 0 };
  }

  #tell(action: string, name: string): void {
    this.#parts.events.emit('volume', action, name, { driver: 'local' });
  }

  #view({ id, created, labels, options }: VolumeRecord): VolumeInspect {
    return {
      Name: id,
      Driver: 'local',
      Mountpoint: this.#parts.volumes.mountpoint(id),
      CreatedAt: created,
      Labels: Object.keys(labels).length === 0 ? null : labels,
      Options: Object.keys(options).length === 0 ? null : options,
      Scope: 'local',
    };
  }
}
