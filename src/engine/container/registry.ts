import { AppError } from '../../base/index.ts';
import type { Table } from '../../store/index.ts';
import { Container } from './container.ts';
import { linkName, parseLink } from './link.ts';
import type { ContainerRecord } from './record.ts';

/** Every container by id and by name. */
export class Registry {
  readonly #table: Table<ContainerRecord>;
  readonly #byId = new Map<string, Container>();
  readonly #byName = new Map<string, Container>();
  /** Names given out to creations that are still under way. */
  readonly #reserved = new Map<string, string>();

  constructor(table: Table<ContainerRecord>) {
    this.#table = table;
    for (const record of table.all()) this.#add(new Container(table, record));
  }

  /** Those that clients know, newest first. */
  all(): Container[] {
    const known = this.withUnfinished().filter(({ record }) => !record.unfinished);
    return known.sort((a, b) => (a.record.created < b.record.created ? 1 : -1));
  }

  withUnfinished(): Container[] {
    return [...this.#byId.values()];
  }

  byId(id: string): Container | undefined {
    return this.#byId.get(id);
  }

  nameTaken(name: string): boolean {
    return this.#byName.has(name) || this.#reserved.has(name);
  }

  /**
   * Full id, name (with or without slash, or as a link gives it: owner/alias), then unique id prefix. Throws not-found or
   * invalid with Docker's texts.
   */
  find(ref: string): Container {
    const found = this.#byId.get(ref) ?? this.#byName.get(ref.replace(/^\//, '')) ?? this.#linked(ref);
    if (found !== undefined && !found.record.unfinished) return found;
    if (/^[0-9a-f]{1,64}$/.test(ref)) {
      const matches = [...this.#byId.values()].filter(({ id, record }) => id.startsWith(ref) && !record.unfinished);
      if (matches.length === 1) return matches[0]!;
      if (matches.length > 1) throw new AppError('invalid', `multiple IDs found with provided prefix: ${ref}`);
    }
    if (ref === '') throw new AppError('invalid', 'invalid name or ID supplied: ""');
    throw new AppError('not-found', `No such container: ${ref}`);
  }

  #linked(ref: string): Container | undefined {
    const name = linkName(ref);
    const links = name === undefined ? undefined : this.#byName.get(name.owner)?.record.hostConfig.Links;
    const link = links?.map(parseLink).find(({ alias }) => alias === name?.alias);
    return link && this.#byId.get(link.target);
  }

  /** Holds a name until the result is disposed of or the record added. Throws conflict. */
  reserve(name: string, id: string): Disposable {
    const holder = this.#byName.get(name)?.id ?? this.#reserved.get(name);
    if (holder !== undefined) {
      throw new AppError(
        'conflict',
        `Conflict. The container name "/${name}" is already in use by container "${holder}". You have to remove (or rename) that container to be able to reuse that name.`,
      );
    }
    this.#reserved.set(name, id);
    return { [Symbol.dispose]: () => void this.#reserved.delete(name) };
  }

  add(record: ContainerRecord): Container {
    this.#table.put(record);
    const container = new Container(this.#table, record);
    this.#add(container);
    return container;
  }

  rename(container: Container, name: string): void {
    this.#byName.delete(container.record.name);
    container.update({ name });
    this.#byName.set(name, container);
  }

  delete(container: Container): void {
    container.forget();
    this.#byId.delete(container.id);
    this.#byName.delete(container.record.name);
  }

  #add(container: Container): void {
    this.#byId.set(container.id, container);
    this.#byName.set(container.record.name, container);
  }
}
