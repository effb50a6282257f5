import type { ContainerConfig, HealthState, HostConfig, MountPoint } from '../../contract/index.ts';

export type Status = 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';

/** Where a container stands. Times are ISO 8601; "0001-01-01T00:00:00Z" means never, as Docker writes it. */
export type ContainerState = {
  readonly status: Status;
  /** On the host; 0 when it does not run. */
  readonly pid: number;
  readonly exitCode: number;
  readonly error: string;
  readonly oomKilled: boolean;
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Of a container that has a health check and was started. */
  readonly health?: HealthState | undefined;
};

/** A mount as inspect shows it, and what a start needs besides. */
export type MountRecord = MountPoint & {
  /** Part of a volume or image, relative to its root. */
  readonly subpath?: string;
  /** Whose files they are. */
  readonly imageId?: string;
  /** Of a bind: what is mounted below the source stays behind, or only stays writable. */
  readonly nonRecursive?: boolean;
  readonly readOnly?: 'recursive' | 'not-recursive';
  /** A volume made for this place, or taken over from who it was made for: it goes with its container when asked to. */
  readonly nameless?: true;
};

/** The durable record of a container. */
export type ContainerRecord = {
  readonly id: string;
  /** Without slash. */
  readonly name: string;
  readonly created: string;
  readonly imageId: string;
  /** As sent, with the image's configuration merged in. */
  readonly config: ContainerConfig;
  /** As sent, with defaults filled in. */
  readonly hostConfig: HostConfig;
  /** What is run: entrypoint and command joined. */
  readonly args: readonly string[];
  readonly mounts: readonly MountRecord[];
  readonly state: ContainerState;
  /** How often its restart policy has brought it back, or is about to, since a client last started it. */
  readonly restartCount: number;
  /** stop, kill or restart was asked for since the last start: restart policies respect it. */
  readonly stoppedByUser: boolean;
  /** A step of a build that is under way: it goes when its engine ended before it. */
  readonly buildStep?: boolean;
  /** Being made: clients do not know it yet, and it goes when its engine ended before it was done. */
  readonly unfinished?: boolean;
  /** What a removal that is under way takes along, should another engine have to end it. */
  readonly removesVolumes?: boolean;
};

export const never = '0001-01-01T00:00:00Z';
export const newState: ContainerState = {
  status: 'created',
  pid: 0,
  exitCode: 0,
  error: '',
  oomKilled: false,
  startedAt: never,
  finishedAt: never,
};

export const isRunning = ({ status }: ContainerState): boolean => status === 'running' || status === 'paused';
export const hasTty = (record: ContainerRecord): boolean => record.config.Tty;

/** Whether it runs an image, or has its files mounted. */
export const uses = ({ imageId, mounts }: ContainerRecord, wanted: string): boolean =>
  imageId === wanted || mounts.some((mount) => mount.imageId === wanted);
