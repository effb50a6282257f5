import { closeSync, constants, openSync, readFileSync } from 'node:fs';
import { AppError } from '../base/index.ts';
import { openInRoot } from '../syscall/openat2.ts';

/** Who a process runs as, in numbers. `home` is "/" when the image does not say. */
export type User = {
  readonly uid: number;
  readonly gid: number;
  readonly additionalGids: readonly number[];
  readonly home: string;
};

type Account = { readonly name: string; readonly uid: number; readonly gid: number; readonly home: string };
type Group = { readonly name: string; readonly gid: number; readonly members: readonly string[] };
const highestId = 2 ** 31 - 1;

/**
 * Finds "name", "uid", "name:group" or "uid:gid" in the image's /etc/passwd and /etc/group, as Docker does: an empty
 * text is root, numbers need no entry, and without a group the account's supplementary groups are added. Links are
 * followed inside the root only. `groupAdd` is --group-add. Throws `invalid`.
 */
export function resolveUser(rootfs: string, user: string, groupAdd: readonly string[] = []): User {
  const files = readFiles(rootfs);
  const accounts = parsePasswd(files.passwd);
  const groups = parseGroup(files.group);
  const [who = '', group] = user.split(':', 2);
  const account = findAccount(accounts, who);
  const gid = group === undefined || group === '' ? account.gid : groupId(groups, group);
  const supplementary =
    group === undefined || group === ''
      ? groups.filter(({ members }) => members.includes(account.name)).map((found) => found.gid)
      : [];
  const added = groupAdd.map((name) => addedGroupId(groups, name));
  return { uid: account.uid, gid, additionalGids: [...new Set([gid, ...supplementary, ...added])], home: account.home };
}

function findAccount(accounts: readonly Account[], who: string): Account {
  if (who === '') return accounts.find(({ uid }) => uid === 0) ?? { name: 'root', uid: 0, gid: 0, home: '/root' };
  const byName = accounts.find(({ name }) => name === who);
  if (byName !== undefined) return byName;
  const uid = number(who);
  if (uid === undefined) {
    throw new AppError('invalid', `unable to find user ${who}: no matching entries in passwd file`);
  }
  inRange(uid);
  return accounts.find((account) => account.uid === uid) ?? { name: '', uid, gid: 0, home: uid === 0 ? '/root' : '/' };
}

function groupId(groups: readonly Group[], wanted: string): number {
  const gid = groups.find(({ name }) => name === wanted)?.gid ?? number(wanted);
  if (gid === undefined) {
    throw new AppError('invalid', `unable to find group ${wanted}: no matching entries in group file`);
  }
  return inRange(gid);
}

function addedGroupId(groups: readonly Group[], wanted: string): number {
  const gid = groups.find(({ name }) => name === wanted)?.gid ?? number(wanted);
  if (gid === undefined) {
    throw new AppError('invalid', `Unable to find group ${wanted}: no matching entries in group file`);
  }
  return inRange(gid);
}

const number = (text: string): number | undefined => (/^-?\d+$/.test(text) ? Number(text) : undefined);

function inRange(id: number): number {
  if (id < 0 || id > highestId) throw new AppError('invalid', `uids and gids must be in range 0-${highestId}`);
  return id;
}

function parsePasswd(text: string): Account[] {
  return rows(text).map(([name = '', , uid = '', gid = '', , home = '']) => ({
    name,
    uid: Number(uid),
    gid: Number(gid),
    home: home === '' ? '/' : home,
  }));
}

function parseGroup(text: string): Group[] {
  return rows(text).map(([name = '', , gid = '', members = '']) => ({
    name,
    gid: Number(gid),
    members: members.split(',').filter((member) => member !== ''),
  }));
}

/** Rows with a numeric third field; comments and broken rows are passed over. */
const rows = (text: string): string[][] =>
  text
    .split('\n')
    .map((line) => line.trim().split(':'))
    .filter((fields) => fields.length >= 3 && /^\d+$/.test(fields[2]!));

function readFiles(rootfs: string): { readonly passwd: string; readonly group: string } {
  const root = openSync(rootfs, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    return { passwd: readInRoot(root, '/etc/passwd'), group: readInRoot(root, '/etc/group') };
  } finally {
    closeSync(root);
  }
}

/** An image without the file has no accounts; neither has one where it is a device or a fifo. */
function readInRoot(root: number, path: string): string {
  let fd: number;
  try {
    fd = openInRoot(root, path, 0);
  } catch {
    return '';
  }
  try {
    const file = openSync(`/proc/self/fd/${fd}`, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      return readFileSync(file, 'utf8');
    } finally {
      closeSync(file);
    }
  } catch {
    return '';
  } finally {
    closeSync(fd);
  }
}
