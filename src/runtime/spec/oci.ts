/** The part of an OCI runtime specification (config.json, version 1.0.2) that this engine writes. */
export type OciSpec = {
  readonly ociVersion: string;
  readonly process: OciProcess;
  readonly root: { readonly path: string; readonly readonly: boolean };
  readonly hostname?: string;
  readonly mounts: readonly OciMount[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly linux: OciLinux;
};

export type OciProcess = {
  readonly terminal: boolean;
  readonly consoleSize?: { readonly height: number; readonly width: number };
  readonly user: { readonly uid: number; readonly gid: number; readonly additionalGids?: readonly number[] };
  readonly args: readonly string[];
  readonly env: readonly string[];
  readonly cwd: string;
  readonly capabilities: OciCapabilities;
  readonly rlimits?: readonly { readonly type: string; readonly soft: number; readonly hard: number }[];
  readonly noNewPrivileges: boolean;
  readonly oomScoreAdj?: number;
};

export type OciCapabilities = Readonly<Record<'bounding' | 'effective' | 'permitted', readonly string[]>>;

export type OciMount = {
  readonly destination: string;
  readonly type: string;
  readonly source: string;
  readonly options: readonly string[];
};

export type OciDevice = {
  readonly path: string;
  readonly type: 'c' | 'b';
  readonly major: number;
  readonly minor: number;
  readonly fileMode: number;
  readonly uid: number;
  readonly gid: number;
};

export type OciDeviceRule = {
  readonly allow: boolean;
  readonly type?: 'c' | 'b';
  readonly major?: number;
  readonly minor?: number;
  readonly access: string;
};

export type OciLinux = {
  readonly sysctl?: Readonly<Record<string, string>>;
  readonly cgroupsPath: string;
  readonly namespaces: readonly { readonly type: string; readonly path?: string }[];
  readonly devices?: readonly OciDevice[];
  readonly resources: OciResources;
  readonly seccomp?: OciSeccomp;
  readonly maskedPaths: readonly string[];
  readonly readonlyPaths: readonly string[];
};

export type OciResources = {
  readonly devices?: readonly OciDeviceRule[];
  readonly memory?: Readonly<Partial<Record<'limit' | 'reservation' | 'swap' | 'swappiness', number>>> & {
    readonly disableOOMKiller?: boolean;
  };
  readonly cpu?: Readonly<
    Partial<Record<'shares' | 'quota' | 'period' | 'realtimePeriod' | 'realtimeRuntime', number>>
  > & {
    readonly cpus?: string;
    readonly mems?: string;
  };
  readonly pids?: { readonly limit: number };
  readonly blockIO?: OciBlockIo;
};

type Throttles =
  | 'throttleReadBpsDevice'
  | 'throttleWriteBpsDevice'
  | 'throttleReadIOPSDevice'
  | 'throttleWriteIOPSDevice';

export type OciBlockIo = {
  readonly weight?: number;
  readonly weightDevice?: readonly { readonly major: number; readonly minor: number; readonly weight: number }[];
} & Readonly<
  Partial<Record<Throttles, readonly { readonly major: number; readonly minor: number; readonly rate: number }[]>>
>;

export type OciSeccomp = {
  readonly defaultAction: string;
  readonly defaultErrnoRet?: number;
  readonly architectures?: readonly string[];
  readonly syscalls: readonly OciSyscallRule[];
};

export type OciSyscallRule = {
  readonly names: readonly string[];
  readonly action: string;
  readonly errnoRet?: number;
  readonly args?: readonly OciSyscallArg[];
};

export type OciSyscallArg = {
  readonly index: number;
  readonly value: number;
  readonly valueTwo?: number;
  readonly op: string;
};
