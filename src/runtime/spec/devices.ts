import { statSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../base/index.ts';
import type { SpecInput } from '../types.ts';
import type { OciDevice, OciDeviceRule } from './oci.ts';

/** A device node of the host, and how the container may use it ("rwm"). */
export type HostDevice = OciDevice & { readonly access: string };

// S_IFMT, <linux/stat.h>.
const S_IFMT = 0o170000;
const S_IFBLK = 0o060000;
const S_IFCHR = 0o020000;

/** Docker's rules: nothing but null, zero, full, random, urandom, tty, console; never fuse. */
const numbers = [
  [1, 5],
  [1, 3],
  [1, 9],
  [1, 8],
  [5, 0],
  [5, 1],
] as const;

export const defaultDeviceRules: readonly OciDeviceRule[] = [
  { allow: false, access: 'rwm' },
  ...numbers.map(([major, minor]): OciDeviceRule => ({ allow: true, type: 'c', major, minor, access: 'rwm' })),
  { allow: false, type: 'c', major: 10, minor: 229, access: 'rwm' },
];

/** The devices a container gets besides the runtime's own: those asked for, or all of the host's when privileged. */
export async function devicesOf(input: Pick<SpecInput, 'devices' | 'privileged'>): Promise<readonly HostDevice[]> {
  const asked = await Promise.all(input.devices.map(askedDevice));
  return input.privileged ? [...(await allDevices('/dev')), ...asked.flat()] : asked.flat();
}

async function askedDevice({ hostPath, containerPath, permissions }: SpecInput['devices'][number]) {
  const access = permissions === '' ? 'rwm' : permissions;
  const device = await deviceAt(hostPath, containerPath, access);
  if (device !== undefined) return [device];
  const inside = await allDevices(hostPath, containerPath).catch(() => []);
  if (inside.length > 0) return inside.map((found) => ({ ...found, access }));
  throw new AppError(
    'invalid',
    `error gathering device information while adding custom device "${hostPath}": ${await reason(hostPath)}`,
  );
}

async function reason(path: string): Promise<string> {
  const exists = await stat(path).then(
    () => true,
    () => false,
  );
  return exists ? 'not a device node' : 'no such file or directory';
}

async function deviceAt(hostPath: string, path: string, access: string): Promise<HostDevice | undefined> {
  const info = await stat(hostPath).catch(() => undefined);
  if (info === undefined) return undefined;
  const kind = info.mode & S_IFMT;
  if (kind !== S_IFBLK && kind !== S_IFCHR) return undefined;
  const { major, minor } = deviceNumber(info.rdev);
  const type = kind === S_IFBLK ? 'b' : 'c';
  return { path, type, major, minor, fileMode: info.mode & 0o777, uid: info.uid, gid: info.gid, access };
}

/** "c 1:3 rwm", "b *:* r", "a *:* rwm": the kernel's form, and `--device-cgroup-rule`'s. Checked before. */
export function deviceRule(text: string): OciDeviceRule {
  const [type = '', numbers = '', access = ''] = text.split(' ');
  const [major, minor] = numbers.split(':').map((number) => (number === '*' ? undefined : Number(number)));
  return {
    allow: true,
    ...(type === 'a' ? {} : { type: type as 'c' | 'b' }),
    ...(major === undefined ? {} : { major }),
    ...(minor === undefined ? {} : { minor }),
    access,
  };
}

/** The device behind a path of the host. Throws `invalid` with Docker's text. */
export function deviceNumberAt(path: string): { readonly major: number; readonly minor: number } {
  const info = statSync(path, { throwIfNoEntry: false });
  if (info === undefined) throw new AppError('invalid', `stat ${path}: no such file or directory`);
  return deviceNumber(info.rdev);
}

/** gnu_dev_major() and gnu_dev_minor(), <sys/sysmacros.h>; Node's number holds all bits in use. */
function deviceNumber(rdev: number): { readonly major: number; readonly minor: number } {
  const low = rdev % 2 ** 32;
  return { major: (low >>> 8) & 0xfff, minor: (low & 0xff) | ((low >>> 12) & 0xfff00) };
}

/** What belongs to the container itself, or is not a device of the host. */
const skipped = new Set(['pts', 'shm', 'fd', 'mqueue', '.lxc', '.lxd-mounts', '.udev', 'console']);

async function allDevices(folder: string, into = folder): Promise<HostDevice[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = await Promise.all(
    entries.map(async (entry) => {
      const [from, to] = [join(folder, entry.name), join(into, entry.name)];
      if (entry.isDirectory()) return skipped.has(entry.name) ? [] : allDevices(from, to);
      if (!(entry.isCharacterDevice() || entry.isBlockDevice()) || skipped.has(entry.name)) return [];
      return (await deviceAt(from, to, 'rwm')) ?? [];
    }),
  );
  return found.flat();
}
