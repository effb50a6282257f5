import { readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode } from '../../base/index.ts';

/** A container's control groups: absolute folders by controller; version 2 has one, named "". */
export type Groups = Readonly<Record<string, string>>;

/** The folder with the files of a controller; undefined when the machine lacks it. */
export const groupOf = (groups: Groups, controller: string): string | undefined => groups[''] ?? groups[controller];

export const isUnified = (groups: Groups): boolean => groups[''] !== undefined;

/** Pids in the group and all below it. */
export async function processesOf(groups: Groups): Promise<number[]> {
  const folder = groupOf(groups, 'pids') ?? groupOf(groups, 'devices') ?? Object.values(groups)[0];
  return folder === undefined ? [] : (await tree(folder)).pids;
}

async function tree(folder: string): Promise<{ readonly pids: number[]; readonly folders: readonly string[] }> {
  const [own, entries] = await Promise.all([
    readFile(join(folder, 'cgroup.procs'), 'utf8').catch(() => ''),
    readdir(folder, { withFileTypes: true }).catch(() => []),
  ]);
  const below = await Promise.all(
    entries.filter((entry) => entry.isDirectory()).map((entry) => tree(join(folder, entry.name))),
  );
  const pids = own
    .split('\n')
    .filter((line) => line !== '')
    .map(Number);
  return {
    pids: [...pids, ...below.flatMap((found) => found.pids)],
    folders: [...below.flatMap((found) => found.folders), folder],
  };
}

/** The kernel answers EBUSY until the last process is reaped; this many tries double the wait from 1 ms: 2 s. */
const removeTries = 11;

/** Removes the groups and what the container made below them. Safe to repeat. */
export async function removeGroups(groups: Groups): Promise<void> {
  await Promise.all([...new Set(Object.values(groups))].map((folder) => removeTree(folder)));
}

async function removeTree(folder: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      // Most groups have nothing below them.
      return await rmdir(folder);
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return;
      if (attempt === removeTries || !hasCode(error, 'EBUSY')) throw error;
    }
    for (const child of (await tree(folder)).folders.slice(0, -1)) await rmdir(child).catch(() => {});
    if (attempt > 0) await sleep(2 ** attempt / 2);
  }
}

/** Kills every process: those that a container with the host's pid namespace leaves behind, too. */
export async function killAll(groups: Groups): Promise<void> {
  const pids = await processesOf(groups);
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if (!hasCode(error, 'ESRCH')) throw error;
    }
  }
  if (pids.length > 0) await letDie(groups);
}

/** Stops every process of the group where it is. Resolves once all are. */
export async function freeze(groups: Groups): Promise<void> {
  await setFrozen(groups, true);
}

export async function thaw(groups: Groups): Promise<void> {
  await setFrozen(groups, false);
}

/** After a kill: a frozen process dies only once it is let go, and one that was born while the others froze is to freeze. */
export async function letDie(groups: Groups): Promise<void> {
  if (await isToFreeze(groups)) await thaw(groups);
}

async function isFrozen(groups: Groups): Promise<boolean> {
  const text = await freezerText(groups, 'cgroup.events');
  return isUnified(groups) ? /^frozen 1$/m.test(text) : text === 'FROZEN';
}

/** Whether freezing was asked for, reached or not: version 1 says FREEZING again when a frozen group gets a process. */
async function isToFreeze(groups: Groups): Promise<boolean> {
  const text = await freezerText(groups, 'cgroup.freeze');
  return isUnified(groups) ? text === '1' : text === 'FROZEN' || text === 'FREEZING';
}

/** What the freezer says: version 1 all of it in one file. "" when there is none. */
async function freezerText(groups: Groups, unifiedFile: string): Promise<string> {
  const folder = groupOf(groups, 'freezer');
  if (folder === undefined) return '';
  return (
    await readFile(join(folder, isUnified(groups) ? unifiedFile : 'freezer.state'), 'utf8').catch(() => '')
  ).trim();
}

const freezeTries = 1000;
/** After this many tries the group is let go for a moment. */
const freezePatience = 50;

async function setFrozen(groups: Groups, frozen: boolean): Promise<void> {
  const folder = groupOf(groups, 'freezer');
  if (folder === undefined) throw new Error('this machine has no freezer control group');
  const file = join(folder, isUnified(groups) ? 'cgroup.freeze' : 'freezer.state');
  const value = isUnified(groups) ? (frozen ? '1' : '0') : frozen ? 'FROZEN' : 'THAWED';
  for (let attempt = 0; attempt < freezeTries; attempt++) {
    // Version 1 may stay FREEZING when a process forks meanwhile: writing again goes on.
    await writeFile(file, value);
    if ((await isFrozen(groups)) === frozen) return;
    await sleep(1);
    // A program that is just being replaced waits for its own threads to die, which they do not do while they are frozen.
    if (frozen && attempt % freezePatience === freezePatience - 1) {
      await setFrozen(groups, false);
      await sleep(10);
    }
  }
  throw new Error(`${file}: the kernel did not reach ${value}`);
}
