import { InvalidValue } from '../values/invalid.ts';
import { parseWhole } from '../values/number.ts';
import { splitPair } from './lists.ts';

/** --ulimit: "nofile=100:200", "nproc=10" for both, -1 for none. */
export function parseUlimit(text: string): { readonly Name: string; readonly Soft: number; readonly Hard: number } {
  const [name, limits] = splitPair(text);
  const [soft = '', hard = soft, ...more] = limits.split(':');
  if (limits === '' || more.length > 0) throw new InvalidValue(`invalid ulimit argument: ${text}`);
  const [low, high] = [parseWhole(soft), parseWhole(hard)];
  if (high !== -1 && (low === -1 || low > high)) {
    throw new InvalidValue(`ulimit soft limit must be less than or equal to hard limit: ${low} > ${high}`);
  }
  return { Name: name, Soft: low, Hard: high };
}

export type DeviceRequest = {
  readonly PathOnHost: string;
  readonly PathInContainer: string;
  readonly CgroupPermissions: string;
};

const permissions = /^[rwm]{1,3}$/;

/** --device: "/dev/a", "/dev/a:rw", "/dev/a:/dev/b", "/dev/a:/dev/b:rwm". */
export function parseDevice(text: string): DeviceRequest {
  const [host = '', second, third, ...more] = text.split(':');
  if (more.length > 0 || host === '') throw new InvalidValue(`invalid device specification: ${text}`);
  const onlyMode = third === undefined && second !== undefined && permissions.test(second);
  const mode = onlyMode ? second : (third ?? 'rwm');
  if (!permissions.test(mode)) throw new InvalidValue(`invalid device mode: ${mode}`);
  const inside = onlyMode || second === undefined || second === '' ? host : second;
  if (!inside.startsWith('/')) throw new InvalidValue(`bad format for path: ${inside}: it is not an absolute path`);
  return { PathOnHost: host, PathInContainer: inside, CgroupPermissions: mode };
}

/** "/dev/sda:1mb" or "/dev/sda:100", the amount read by `amount`. */
export const parseRate =
  (amount: (text: string) => number) =>
  (text: string): { readonly Path: string; readonly Rate: number } => {
    const [path, rate] = deviceAmount(text);
    return { Path: path, Rate: amount(rate) };
  };

/** "/dev/sda:300". */
export function parseWeight(text: string): { readonly Path: string; readonly Weight: number } {
  const [path, weight] = deviceAmount(text);
  return { Path: path, Weight: parseWhole(weight) };
}

function deviceAmount(text: string): readonly [path: string, amount: string] {
  const [path = '', amount = '', ...more] = text.split(':');
  if (amount === '' || more.length > 0) throw new InvalidValue(`bad format: ${text}`);
  if (!path.startsWith('/dev/')) throw new InvalidValue(`bad format for device path: ${text}`);
  return [path, amount];
}

/** --restart: "no", "always", "unless-stopped", "on-failure[:N]". */
export function parseRestart(text: string): { readonly Name: string; readonly MaximumRetryCount: number } {
  const [name = '', count, ...more] = text.split(':');
  if (more.length > 0)
    throw new InvalidValue('invalid restart policy format: restart policy cannot have more than one colon');
  if (count !== undefined && !/^\d+$/.test(count)) {
    throw new InvalidValue('invalid restart policy format: maximum retry count must be an integer');
  }
  return { Name: name === '' ? 'no' : name, MaximumRetryCount: Number(count ?? 0) };
}

/** "NET_ADMIN" or "cap_net_admin" as the kernel's name; ALL stays. Sorted, each once. */
export function capabilities(names: readonly string[]): readonly string[] {
  const full = names.map((name) => {
    const upper = name.trim().toUpperCase();
    return upper === 'ALL' || upper.startsWith('CAP_') ? upper : `CAP_${upper}`;
  });
  return [...new Set(full)].sort();
}
