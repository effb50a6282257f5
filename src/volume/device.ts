import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { getSystemErrorMessage } from 'node:util';
import { AppError, messageOf, SysError } from '../base/index.ts';
import {
  MNT_DETACH,
  MS_BIND,
  MS_RDONLY,
  MS_REC,
  MS_REMOUNT,
  mountAsync,
  UMOUNT_NOFOLLOW,
  umountAsync,
} from '../syscall/mount.ts';
import { parseMountOptions } from './mount-options.ts';

/** What a volume's options say is mounted in its place: `docker volume create -o type=… -o device=… -o o=…`. */
export type Device = { readonly type: string; readonly device: string; readonly options: string };

const known: ReadonlySet<string> = new Set(['type', 'device', 'o', 'size']);

/** Throws `invalid` with Docker's texts. */
export function checkOptions(options: Readonly<Record<string, string>>): void {
  const unknown = Object.keys(options).find((option) => !known.has(option));
  if (unknown !== undefined) throw new AppError('invalid', `invalid option: "${unknown}"`);
  if ('size' in options) {
    throw new AppError('invalid', 'quota size requested but no quota support: limit a tmpfs by o=size=… instead');
  }
  for (const wanted of ['device', 'type']) {
    if (Object.keys(options).length > 0 && !(wanted in options)) {
      throw new AppError('invalid', `missing required option: "${wanted}"`);
    }
  }
}

/** Undefined for a volume that is a folder of the engine's own. */
export function deviceOf(options: Readonly<Record<string, string>>): Device | undefined {
  if (Object.keys(options).length === 0) return undefined;
  return { type: options['type'] ?? '', device: options['device'] ?? '', options: options['o'] ?? '' };
}

/** Mounts a volume's device at a folder. On failure nothing is mounted; throws `invalid` with Docker's text. */
export async function mountDevice(at: string, device: Device): Promise<void> {
  const { flags, data, propagation } = parseMountOptions(device.options);
  try {
    const sent = await resolved(device.type, data);
    await mountAsync(device.device, at, device.type, flags, sent === '' ? null : sent);
  } catch (error) {
    throw failure(at, device, error);
  }
  try {
    // A bind takes no other flags when it is made.
    if (flags & MS_BIND && flags & MS_RDONLY) await mountAsync(null, at, null, (flags & ~MS_REC) | MS_REMOUNT, null);
    for (const how of propagation) await mountAsync(null, at, null, how, null);
  } catch (error) {
    await unmountDevice(at);
    throw failure(at, device, error);
  }
}

/** Its name goes at once, the rest when nobody uses it any more. */
export async function unmountDevice(at: string): Promise<void> {
  await umountAsync(at, MNT_DETACH | UMOUNT_NOFOLLOW);
}

/** The kernel's network file systems want the server's address, not its name. */
async function resolved(type: string, data: string): Promise<string> {
  if (!/^(nfs4?|cifs)$/.test(type)) return data;
  const words = data.split(',').map(async (word) => {
    const [, name = ''] = /^addr=(.*)$/.exec(word) ?? [];
    return name === '' || isIP(name) ? word : `addr=${(await lookup(name)).address}`;
  });
  return (await Promise.all(words)).join(',');
}

/** Passwords of network shares are not for error texts. */
function failure(at: string, { device }: Device, error: unknown): AppError {
  const why = error instanceof SysError ? getSystemErrorMessage(-error.errno) : messageOf(error);
  const text = `error while mounting volume '${at}': failed to mount local volume: mount ${device}:${at}: ${why}`;
  return new AppError('invalid', text, { cause: error });
}
