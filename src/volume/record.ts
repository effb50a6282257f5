/** The durable record of a volume. `id` is its name. */
export type VolumeRecord = {
  readonly id: string;
  readonly created: string;
  readonly driver: 'local';
  readonly options: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** Made for one container without a name: goes with it when asked to. */
  readonly anonymous: boolean;
  /** Ids of the containers that have it mounted, running or not. */
  readonly users: readonly string[];
};

/** What the volumes need of the database. */
export type VolumeStore = {
  all(): readonly VolumeRecord[];
  get(name: string): VolumeRecord | undefined;
  put(record: VolumeRecord): void;
  delete(name: string): void;
};

export type VolumeCreate = {
  /** "" for an anonymous one, unless its name was chosen for it. */
  readonly name: string;
  readonly anonymous?: boolean;
  readonly driver: string;
  readonly options: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
};
