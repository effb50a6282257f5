import { each, list, text, toggle, type Values, value } from '../parse/flag.ts';
import { parseCpus, parseWhole } from '../values/number.ts';
import { parseSize, parseSwap } from '../values/size.ts';
import { parseDuration } from '../values/time.ts';
import { readAddress, readHost, readList, readMap } from './lists.ts';
import { parseMount } from './mounts.ts';
import { parseNetwork } from './networks.ts';
import { parseDevice, parseRate, parseUlimit, parseWeight } from './resources.ts';

/** The limits that `update` knows too. */
export const limitFlags = {
  blkioWeight: value(
    '--blkio-weight <uint16>',
    'Block IO (relative weight), between 10 and 1000, or 0 to disable',
    parseWhole,
  ),
  cpuPeriod: value('--cpu-period <int>', 'Limit CPU CFS (Completely Fair Scheduler) period', parseWhole),
  cpuQuota: value('--cpu-quota <int>', 'Limit CPU CFS (Completely Fair Scheduler) quota', parseWhole),
  cpuRtPeriod: value('--cpu-rt-period <int>', 'Limit CPU real-time period in microseconds', parseWhole),
  cpuRtRuntime: value('--cpu-rt-runtime <int>', 'Limit CPU real-time runtime in microseconds', parseWhole),
  cpuShares: value('-c, --cpu-shares <int>', 'CPU shares (relative weight)', parseWhole),
  cpus: value('--cpus <decimal>', 'Number of CPUs', parseCpus),
  cpusetCpus: text('--cpuset-cpus <string>', 'CPUs in which to allow execution (0-3, 0,1)'),
  cpusetMems: text('--cpuset-mems <string>', 'MEMs in which to allow execution (0-3, 0,1)'),
  memory: value('-m, --memory <bytes>', 'Memory limit', parseSize),
  memoryReservation: value('--memory-reservation <bytes>', 'Memory soft limit', parseSize),
  memorySwap: value(
    '--memory-swap <bytes>',
    "Swap limit equal to memory plus swap: '-1' to enable unlimited swap",
    parseSwap,
  ),
  pidsLimit: value('--pids-limit <int>', 'Tune container pids limit (set -1 for unlimited)', parseWhole),
};

const identityFlags = {
  name: text('--name <string>', 'Assign a name to the container'),
  hostname: text('-h, --hostname <string>', 'Container host name'),
  domainname: text('--domainname <string>', 'Container NIS domain name'),
  label: list('-l, --label <list>', 'Set meta data on a container'),
  labelFile: list('--label-file <list>', 'Read in a line delimited file of labels'),
  annotation: each(
    '--annotation <map>',
    'Add an annotation to the container (passed through to the OCI runtime)',
    readMap,
  ),
  cidfile: text('--cidfile <string>', 'Write the container ID to the file'),
  platform: text('--platform <string>', 'Set platform if server is multi-platform capable'),
  pull: text('--pull <string>', 'Pull image before running ("always", "missing", "never")', 'missing'),
  quiet: toggle('-q, --quiet', 'Suppress the pull output'),
};

const processFlags = {
  attach: each('-a, --attach <list>', 'Attach to STDIN, STDOUT or STDERR', readList(['stdin', 'stdout', 'stderr'])),
  interactive: toggle('-i, --interactive', 'Keep STDIN open even if not attached'),
  tty: toggle('-t, --tty', 'Allocate a pseudo-TTY'),
  env: list('-e, --env <list>', 'Set environment variables'),
  envFile: list('--env-file <list>', 'Read in a file of environment variables'),
  user: text('-u, --user <string>', 'Username or UID (format: <name|uid>[:<group|gid>])'),
  workdir: text('-w, --workdir <string>', 'Working directory inside the container'),
  entrypoint: value('--entrypoint <string>', 'Overwrite the default ENTRYPOINT of the image', (given) => given),
  init: toggle('--init', 'Run an init inside the container that forwards signals and reaps processes'),
  stopSignal: text('--stop-signal <string>', 'Signal to stop the container'),
  stopTimeout: value('--stop-timeout <int>', 'Timeout (in seconds) to stop a container', parseWhole),
  restart: text('--restart <string>', 'Restart policy to apply when a container exits', 'no'),
  rm: toggle('--rm', 'Automatically remove the container and its associated anonymous volumes when it exits'),
  logDriver: text('--log-driver <string>', 'Logging driver for the container'),
  logOpt: each('--log-opt <list>', 'Log driver options', readMap),
  runtime: text('--runtime <string>', 'Runtime to use for this container'),
  healthCmd: text('--health-cmd <string>', 'Command to run to check health'),
  healthInterval: value('--health-interval <duration>', 'Time between running the check (ms|s|m|h)', parseDuration),
  healthTimeout: value(
    '--health-timeout <duration>',
    'Maximum time to allow one check to run (ms|s|m|h)',
    parseDuration,
  ),
  healthStartPeriod: value(
    '--health-start-period <duration>',
    'Start period for the container to initialize before starting health-retries countdown (ms|s|m|h)',
    parseDuration,
  ),
  healthStartInterval: value(
    '--health-start-interval <duration>',
    'Time between running the check during the start period (ms|s|m|h)',
    parseDuration,
  ),
  healthRetries: value('--health-retries <int>', 'Consecutive failures needed to report unhealthy', parseWhole),
  noHealthcheck: toggle('--no-healthcheck', 'Disable any container-specified HEALTHCHECK'),
};

const networkFlags = {
  network: each('--network <network>', 'Connect a container to a network', parseNetwork),
  net: each('--net <network>', 'The same as --network', parseNetwork),
  networkAlias: list('--network-alias <list>', 'Add network-scoped alias for the container'),
  netAlias: list('--net-alias <list>', 'The same as --network-alias'),
  ip: text('--ip <string>', 'IPv4 address (e.g., 172.30.100.104)'),
  ip6: text('--ip6 <string>', 'IPv6 address (e.g., 2001:db8::33)'),
  linkLocalIp: list('--link-local-ip <list>', 'Container IPv4/IPv6 link-local addresses'),
  macAddress: text('--mac-address <string>', 'Container MAC address (e.g., 92:d0:c6:0a:29:33)'),
  link: list('--link <list>', 'Add link to another container'),
  publish: list('-p, --publish <list>', "Publish a container's port(s) to the host"),
  publishAll: toggle('-P, --publish-all', 'Publish all exposed ports to random ports'),
  expose: list('--expose <list>', 'Expose a port or a range of ports'),
  addHost: each('--add-host <list>', 'Add a custom host-to-IP mapping (host:ip)', readHost),
  dns: each('--dns <list>', 'Set custom DNS servers', readAddress),
  dnsOption: list('--dns-option <list>', 'Set DNS options'),
  dnsOpt: list('--dns-opt <list>', 'The same as --dns-option'),
  dnsSearch: list('--dns-search <list>', 'Set custom DNS search domains'),
};

const fileFlags = {
  volume: list('-v, --volume <list>', 'Bind mount a volume'),
  volumeDriver: text('--volume-driver <string>', 'Optional volume driver for the container'),
  volumesFrom: list('--volumes-from <list>', 'Mount volumes from the specified container(s)'),
  mount: each('--mount <mount>', 'Attach a filesystem mount to the container', parseMount),
  tmpfs: list('--tmpfs <list>', 'Mount a tmpfs directory'),
  readOnly: toggle('--read-only', "Mount the container's root filesystem as read only"),
  shmSize: value('--shm-size <bytes>', 'Size of /dev/shm', parseSize),
  device: each('--device <list>', 'Add a host device to the container', parseDevice),
  deviceCgroupRule: list('--device-cgroup-rule <list>', 'Add a rule to the cgroup allowed devices list'),
  storageOpt: each('--storage-opt <list>', 'Storage driver options for the container', readMap),
};

const securityFlags = {
  privileged: toggle('--privileged', 'Give extended privileges to this container'),
  capAdd: list('--cap-add <list>', 'Add Linux capabilities'),
  capDrop: list('--cap-drop <list>', 'Drop Linux capabilities'),
  groupAdd: list('--group-add <list>', 'Add additional groups to join'),
  securityOpt: list('--security-opt <list>', 'Security Options'),
  pid: text('--pid <string>', 'PID namespace to use'),
  ipc: text('--ipc <string>', 'IPC mode to use'),
  uts: text('--uts <string>', 'UTS namespace to use'),
  userns: text('--userns <string>', 'User namespace to use'),
  cgroupns: text('--cgroupns <string>', 'Cgroup namespace to use (host|private)'),
  cgroupParent: text('--cgroup-parent <string>', 'Optional parent cgroup for the container'),
  isolation: text('--isolation <string>', 'Container isolation technology'),
  sysctl: each('--sysctl <map>', 'Sysctl options', readMap),
};

const resourceFlags = {
  ulimit: each('--ulimit <ulimit>', 'Ulimit options', parseUlimit),
  oomKillDisable: toggle('--oom-kill-disable', 'Disable OOM Killer'),
  oomScoreAdj: value('--oom-score-adj <int>', "Tune host's OOM preferences (-1000 to 1000)", parseWhole),
  memorySwappiness: value('--memory-swappiness <int>', 'Tune container memory swappiness (0 to 100)', parseWhole),
  blkioWeightDevice: each('--blkio-weight-device <list>', 'Block IO weight (relative device weight)', parseWeight),
  deviceReadBps: each(
    '--device-read-bps <list>',
    'Limit read rate (bytes per second) from a device',
    parseRate(parseSize),
  ),
  deviceWriteBps: each(
    '--device-write-bps <list>',
    'Limit write rate (bytes per second) to a device',
    parseRate(parseSize),
  ),
  deviceReadIops: each(
    '--device-read-iops <list>',
    'Limit read rate (IO per second) from a device',
    parseRate(parseWhole),
  ),
  deviceWriteIops: each(
    '--device-write-iops <list>',
    'Limit write rate (IO per second) to a device',
    parseRate(parseWhole),
  ),
};

/** Everything that describes a container: shared by `create` and `run`. */
export const createFlags = {
  ...identityFlags,
  ...processFlags,
  ...networkFlags,
  ...fileFlags,
  ...securityFlags,
  ...resourceFlags,
  ...limitFlags,
};

export type CreateValues = Values<typeof createFlags>;
export type LimitValues = Values<typeof limitFlags>;
