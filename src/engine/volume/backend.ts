import { checkFilters, type Filters, flagOf, type VolumeCreateBody, type VolumeInspect } from '../../contract/index.ts';
import type { Parts } from '../parts.ts';
import { unlessTaken } from '../system/unless-taken.ts';
import { hasLabel, matchesPrune, pattern } from '../view/filter.ts';
import { volumeView } from './view.ts';

/** The volumes as the API asks for them. */
export class VolumesBackend {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async list(filters: Filters): Promise<{ readonly Volumes: readonly VolumeInspect[]; readonly Warnings: null }> {
    checkFilters(filters, ['dangling', 'driver', 'label', 'name']);
    const dangling = flagOf(filters, 'dangling');
    const any = (key: string, test: (value: string) => boolean): boolean => {
      const values = filters[key] ?? [];
      return values.length === 0 || values.some(test);
    };
    const found = this.#parts.volumes
      .list()
      .filter(
        ({ id, driver, labels, users }) =>
          any('name', (name) => pattern(name).test(id)) &&
          any('driver', (name) => driver === name) &&
          (dangling === undefined || dangling === (users.length === 0)) &&
          (filters['label'] ?? []).every((wanted) => hasLabel(labels, wanted)),
      );
    return { Volumes: found.map((record) => volumeView(this.#parts, record)), Warnings: null };
  }

  async inspect(name: string): Promise<VolumeInspect> {
    return volumeView(this.#parts, this.#parts.volumes.get(name));
  }

  async create(body: VolumeCreateBody): Promise<VolumeInspect> {
    const { record, fresh } = await this.#parts.volumes.create({
      name: body.Name,
      driver: body.Driver,
      options: body.DriverOpts,
      labels: body.Labels,
    });
    if (fresh) this.#tell('create', record.id);
    return volumeView(this.#parts, record);
  }

  async remove(name: string, force: boolean): Promise<void> {
    if (await this.#parts.volumes.remove(name, force)) this.#tell('destroy', name);
  }

  /** Unused anonymous volumes; with filter all=true named ones too. */
  async prune(
    filters: Filters,
  ): Promise<{ readonly VolumesDeleted: readonly string[] | null; readonly SpaceReclaimed: number }> {
    checkFilters(filters, ['all', 'label', 'label!']);
    const all = flagOf(filters, 'all') ?? false;
    const { all: _all, ...rest } = filters;
    const wanted = matchesPrune(rest);
    const unused = this.#parts.volumes
      .list()
      .filter(
        ({ users, anonymous, labels, created }) => users.length === 0 && (all || anonymous) && wanted(labels, created),
      );
    const deleted: string[] = [];
    let SpaceReclaimed = 0;
    for (const { id } of unused) {
      const size = await this.#parts.volumes.size(id);
      if (!(await unlessTaken(this.remove(id, false)))) continue;
      deleted.push(id);
      SpaceReclaimed += size;
    }
    this.#parts.events.emit('volume', 'prune', '', { reclaimed: String(SpaceReclaimed) });
    return { VolumesDeleted: deleted.length === 0 ? null : deleted, SpaceReclaimed };
  }

  #tell(action: string, name: string): void {
    this.#parts.events.emit('volume', action, name, { driver: 'local' });
  }
}
