import { AppError } from '../../base/index.ts';

type Keys = Readonly<Record<string, unknown>>;

/** Keys of dockerd's that change nothing a client or a container sees here: said once, and left out. */
const ignored: Readonly<Record<string, string>> = {
  'allow-nondistributable-artifacts': 'images are not pushed by it',
  builder: 'there is no builder to set up',
  containerd: 'containers run without containerd',
  'containerd-namespace': 'containers run without containerd',
  'containerd-plugin-namespace': 'containers run without containerd',
  'cri-containerd': 'containers run without containerd',
  'exec-opts': 'control groups are made directly, whatever the driver asked for',
  experimental: 'nothing is kept back as experimental',
  features: 'there are no features to switch',
  group: 'the socket is for root alone',
  'log-format': 'the log of the engine is text',
  'max-concurrent-downloads': 'three layers of an image come at a time',
  'max-concurrent-uploads': 'five layers of an image go at a time',
  'max-download-attempts': 'there is no such limit',
  'metrics-addr': 'metrics are not served',
  'node-generic-resources': 'there is no swarm',
  'oom-score-adjust': 'the score stays as the engine was started with',
  'raw-logs': 'the log of the engine has no colours',
  runtimes: 'all containers have one runtime, see --runtime',
  'shutdown-timeout': 'containers outlive the engine',
  'swarm-default-advertise-addr': 'there is no swarm',
};

/** Keys of dockerd's that somebody relies on: an engine that went on without would be another than was asked for. */
const refused: Readonly<Record<string, string>> = {
  'authorization-plugins': 'every client of the socket may do everything',
  'cgroup-parent': 'control groups have the engine for a parent',
  'cpu-rt-period': 'real-time limits are not there',
  'cpu-rt-runtime': 'real-time limits are not there',
  'default-cgroupns-mode': 'say --cgroupns at each container',
  'default-shm-size': 'say --shm-size at each container',
  'default-ulimits': 'say --ulimit at each container',
  init: 'say --init at each container',
  'no-new-privileges': 'say --security-opt no-new-privileges at each container',
  'seccomp-profile': 'there is one profile',
  'selinux-enabled': 'SELinux labels are not set',
  tls: 'the engine serves no TLS',
  tlscacert: 'the engine serves no TLS',
  tlscert: 'the engine serves no TLS',
  tlskey: 'the engine serves no TLS',
  tlsverify: 'the engine serves no TLS',
  'userns-remap': 'containers have the users of the host',
};

/** With one value, what the engine does anyway. */
const onlyValue: Readonly<Record<string, string>> = {
  'default-ipc-mode': 'private',
  'default-runtime': 'runc',
  'storage-driver': 'overlay2',
};

/** Whether a key of the configuration file is dockerd's own, and told about here. */
export const isForeign = (key: string): boolean =>
  [ignored, refused, onlyValue].some((table) => Object.hasOwn(table, key));

/** What is said of the keys that are left out, one line each. Throws `invalid` for one that cannot be. */
export function foreignNotices(keys: Keys): readonly string[] {
  const asked = Object.entries(keys).filter(([, value]) => !asksNothing(value));
  for (const [key, value] of asked) {
    if (Object.hasOwn(refused, key)) {
      throw new AppError('invalid', `${key} is dockerd's, and not there in this engine (${refused[key]}): take it out`);
    }
    const only = Object.hasOwn(onlyValue, key) ? onlyValue[key] : undefined;
    if (only !== undefined && value !== only) {
      throw new AppError('invalid', `${key} is only ${only} in this engine, and the file has ${JSON.stringify(value)}`);
    }
  }
  return asked
    .filter(([key]) => Object.hasOwn(ignored, key))
    .map(([key]) => `configuration: ${key} changes nothing in this engine: ${ignored[key]}`);
}

/** As if the key were not there. */
const asksNothing = (value: unknown): boolean =>
  value === null ||
  value === false ||
  value === '' ||
  value === 0 ||
  (typeof value === 'object' && Object.keys(value).length === 0);
