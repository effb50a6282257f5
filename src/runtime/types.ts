import type { Writable } from 'node:stream';
import type { LogRoom } from './logs/rotate.ts';

/** One mount of a container, in the order given. Sources are host paths that exist. */
export type SpecMount = {
  readonly destination: string;
  readonly type: 'bind' | 'tmpfs';
  readonly source: string;
  /** As in fstab: "ro", "rbind", "rprivate", "size=64m", … */
  readonly options: readonly string[];
};

/** All that decides a container's OCI spec. Everything is resolved: users to numbers, paths to host paths. */
export type SpecInput = {
  readonly id: string;
  readonly rootfs: string;
  readonly readonlyRootfs: boolean;
  readonly args: readonly string[];
  readonly env: readonly string[];
  readonly cwd: string;
  readonly user: { readonly uid: number; readonly gid: number; readonly additionalGids: readonly number[] };
  readonly tty: boolean;
  /** Initial size, when asked for. */
  readonly consoleSize?: { readonly height: number; readonly width: number };
  readonly hostname: string;
  readonly domainname: string;
  readonly mounts: readonly SpecMount[];
  /** Path of a bind-mounted namespace to join; "host" for the engine's own. */
  readonly netns: string;
  readonly pid: 'private' | 'host' | { readonly path: string };
  readonly ipc: IpcMode;
  readonly uts: 'private' | 'host';
  readonly cgroupns: 'private' | 'host';
  readonly privileged: boolean;
  readonly capAdd: readonly string[];
  readonly capDrop: readonly string[];
  /** "unconfined", or "" for Docker's default profile, or a profile's JSON text. */
  readonly seccomp: string;
  readonly noNewPrivileges: boolean;
  readonly maskedPaths?: readonly string[];
  readonly readonlyPaths?: readonly string[];
  readonly devices: readonly {
    readonly hostPath: string;
    readonly containerPath: string;
    readonly permissions: string;
  }[];
  /** More rules of the device control group: "c 1:3 rwm". */
  readonly deviceRules?: readonly string[];
  readonly sysctls: Readonly<Record<string, string>>;
  readonly ulimits: readonly { readonly name: string; readonly soft: number; readonly hard: number }[];
  readonly shmBytes: number;
  readonly init: boolean;
  readonly oomScoreAdj: number;
  readonly resources: Resources;
  /** "/docker/<id>" by default. */
  readonly cgroupPath: string;
  readonly labels: Readonly<Record<string, string>>;
};

/** Limits, in the kernel's units; 0 means none. */
export type Resources = {
  readonly memoryBytes: number;
  /** Memory plus swap; -1 unlimited. */
  readonly memorySwapBytes: number;
  readonly memoryReservationBytes: number;
  readonly cpuShares: number;
  readonly cpuQuotaUs: number;
  readonly cpuPeriodUs: number;
  readonly cpusetCpus: string;
  readonly cpusetMems: string;
  /** -1 takes away one that was set. */
  readonly pidsLimit: number;
  readonly blkioWeight: number;
  readonly oomKillDisable: boolean;
  /** 0 to 100; undefined: the kernel's. */
  readonly memorySwappiness?: number;
  readonly cpuRealtimePeriodUs?: number;
  readonly cpuRealtimeRuntimeUs?: number;
  readonly blkioWeightDevices?: readonly { readonly major: number; readonly minor: number; readonly weight: number }[];
  /** Bytes or operations a second, by device. */
  readonly throttles?: Readonly<Record<'readBps' | 'writeBps' | 'readIops' | 'writeIops', readonly DeviceRate[]>>;
};

export type DeviceRate = { readonly major: number; readonly minor: number; readonly rate: number };

/**
 * Whose System V memory, POSIX queues and /dev/shm: its own; its own without /dev/shm; the host's; its own with a
 * /dev/shm at a path of the host, which others can join; or another's, by the path of its namespace and that /dev/shm.
 */
export type IpcMode = 'private' | 'none' | 'host' | { readonly path?: string; readonly shm: string };

/** What is left of a process that ended. */
export type Exit = { readonly code: number; readonly oomKilled: boolean; readonly at: Date };

export type CreateRequest = {
  readonly spec: SpecInput;
  /** Holds config.json; made by the engine's caller, removed by it. */
  readonly bundle: string;
  readonly openStdin: boolean;
  /** Close the container's stdin when the first attached client closes its own. */
  readonly stdinOnce: boolean;
  /** Where conmon writes the log; undefined for none. */
  readonly logPath?: string;
  /** At this many bytes the log begins anew; 0: never. */
  readonly logMaxBytes?: number;
};

/** A line (or part of one) of a container's log. `time` is `at` with nanoseconds: RFC 3339, UTC. */
export type LogEntry = {
  readonly at: Date;
  readonly time: string;
  readonly stream: 'stdout' | 'stderr';
  /** With its line feed; a part that has none is continued by the next entry of that stream. */
  readonly data: Buffer;
};
export type LogQuery = {
  readonly stdout: boolean;
  readonly stderr: boolean;
  /** undefined: all. */
  readonly tail?: number;
  /** Nanoseconds since 1970, as `until`; both ends belong to it. */
  readonly since?: bigint;
  readonly until?: bigint;
  readonly follow: boolean;
};

/** A client's view of a live container or exec: both directions with back-pressure. */
export interface Attachment {
  /** Chunks in the order they came; ends when the process's output ends. With a terminal everything is "stdout". */
  readonly output: AsyncIterable<{ readonly stream: 'stdout' | 'stderr'; readonly data: Buffer }>;
  /** Undefined when stdin is not open. `end()` is the half-close. */
  readonly stdin: Writable | undefined;
  /** Lets go without touching the process. Safe to repeat. */
  detach(): void;
}

export type ExecRequest = {
  readonly execId: string;
  readonly args: readonly string[];
  readonly env: readonly string[];
  readonly cwd: string;
  readonly user: { readonly uid: number; readonly gid: number; readonly additionalGids: readonly number[] };
  readonly tty: boolean;
  readonly privileged: boolean;
  readonly openStdin: boolean;
  readonly detached: boolean;
  readonly consoleSize?: { readonly height: number; readonly width: number };
};

export interface ExecHandle {
  readonly pid: number;
  readonly exit: Promise<Exit>;
  attach(): Promise<Attachment>;
  resize(height: number, width: number): Promise<void>;
}

/** Thrown as AppError('invalid') with Docker's text when the command cannot be run: the CLI makes 126 and 127 of it. */
export interface Runtime {
  /** conmon + `runc create`: the process is there, waiting. Resolves with the host's pid of the container's init. */
  create(request: CreateRequest): Promise<{ readonly pid: number }>;
  /** Attaches before start, so that no output is lost. */
  attach(id: string, options: { readonly stdin: boolean }): Promise<Attachment>;
  start(id: string): Promise<void>;
  /** Resolves once the process has ended; also for a container whose engine was restarted meanwhile. */
  exit(id: string): Promise<Exit>;
  /** Finds a container again after the engine was restarted: whether it still runs, and how it ended when not. */
  recover(
    id: string,
    bundle: string,
  ): Promise<
    { readonly running: true; readonly pid: number } | { readonly running: false; readonly exit: Exit | undefined }
  >;
  /** `sent` is called once the signal is out, before anything can follow from it. */
  kill(id: string, signal: number, sent?: () => void): Promise<void>;
  pause(id: string): Promise<void>;
  resume(id: string): Promise<void>;
  resize(id: string, height: number, width: number): Promise<void>;
  /** Removes what the runtime and conmon left; kills first when it still runs. Safe to repeat. */
  delete(id: string, bundle?: string): Promise<void>;
  update(id: string, resources: Resources): Promise<void>;
  exec(id: string, request: ExecRequest): Promise<ExecHandle>;
  /** Host pids of every process in the container. */
  processes(id: string): Promise<readonly number[]>;
  stats(id: string): Promise<RuntimeStats>;
  logs(path: string, query: LogQuery, ended: Promise<unknown>, signal: AbortSignal): AsyncIterable<LogEntry>;
  /**
   * `seen` is called each time the kernel kills something of a running container for lack of memory; at once if it has,
   * unless that was `told`.
   */
  watchOom(id: string, told: boolean, seen: () => void): Disposable;
  /** Puts the log of a running container aside when it is full; to be called now and then. `signal` ends compressing. */
  rotateLog(id: string, path: string, room: LogRoom, signal: AbortSignal): Promise<void>;
  version(): Promise<{ readonly runc: string; readonly conmon: string; readonly cgroup: '1' | '2' }>;
  /** What the control groups of this machine can do. */
  abilities(): { readonly cgroup: '1' | '2'; readonly blkioWeight: boolean };
}

/** Counters read from the container's control groups (v1 or v2), in Docker's units. */
export type RuntimeStats = {
  readonly at: Date;
  readonly cpuTotalNs: number;
  readonly cpuKernelNs: number;
  readonly cpuUserNs: number;
  readonly percpuNs: readonly number[];
  readonly systemCpuNs: number;
  readonly onlineCpus: number;
  readonly throttling: { readonly periods: number; readonly throttledPeriods: number; readonly throttledNs: number };
  readonly memoryUsage: number;
  readonly memoryMaxUsage: number;
  readonly memoryLimit: number;
  readonly memoryStats: Readonly<Record<string, number>>;
  readonly pids: number;
  readonly pidsLimit: number;
  readonly blkio: readonly {
    readonly major: number;
    readonly minor: number;
    readonly op: string;
    readonly value: number;
  }[];
};
