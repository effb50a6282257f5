/** CPU counters in nanoseconds since the container (or the machine) started. */
export type CpuStats = {
  readonly cpu_usage: {
    readonly total_usage: number;
    readonly percpu_usage?: readonly number[];
    readonly usage_in_kernelmode: number;
    readonly usage_in_usermode: number;
  };
  readonly system_cpu_usage?: number;
  readonly online_cpus?: number;
  readonly throttling_data: {
    readonly periods: number;
    readonly throttled_periods: number;
    readonly throttled_time: number;
  };
};

export type BlkioEntry = {
  readonly major: number;
  readonly minor: number;
  readonly op: string;
  readonly value: number;
};

export type InterfaceStats = {
  readonly rx_bytes: number;
  readonly rx_packets: number;
  readonly rx_errors: number;
  readonly rx_dropped: number;
  readonly tx_bytes: number;
  readonly tx_packets: number;
  readonly tx_errors: number;
  readonly tx_dropped: number;
};

/** One sample of `GET /containers/{id}/stats`. Sizes in bytes. */
export type ContainerStats = {
  readonly read: string;
  /** "0001-01-01T00:00:00Z" for the first sample. */
  readonly preread: string;
  readonly pids_stats: { readonly current?: number; readonly limit?: number };
  readonly blkio_stats: {
    readonly io_service_bytes_recursive: readonly BlkioEntry[] | null;
    readonly io_serviced_recursive: readonly BlkioEntry[] | null;
    readonly io_queue_recursive: readonly BlkioEntry[] | null;
    readonly io_service_time_recursive: readonly BlkioEntry[] | null;
    readonly io_wait_time_recursive: readonly BlkioEntry[] | null;
    readonly io_merged_recursive: readonly BlkioEntry[] | null;
    readonly io_time_recursive: readonly BlkioEntry[] | null;
    readonly sectors_recursive: readonly BlkioEntry[] | null;
  };
  readonly num_procs: number;
  readonly storage_stats: object;
  readonly cpu_stats: CpuStats;
  readonly precpu_stats: CpuStats;
  readonly memory_stats: {
    readonly usage?: number;
    readonly max_usage?: number;
    readonly stats?: Readonly<Record<string, number>>;
    readonly failcnt?: number;
    readonly limit?: number;
  };
  /** "/x". */
  readonly name: string;
  readonly id: string;
  /** By interface: "eth0". */
  readonly networks?: Readonly<Record<string, InterfaceStats>>;
};
