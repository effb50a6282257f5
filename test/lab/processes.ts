import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export type Process = { readonly pid: number; readonly parent: number; readonly command: string };

/** All processes but the kernel's own. One that ends meanwhile is left out. */
export function processes(): Process[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      const parent = /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${name}/status`, 'utf8'))?.[1];
      return command === '' ? [] : [{ pid: Number(name), parent: Number(parent), command }];
    } catch {
      return [];
    }
  });
}

/** Those whose command line names `text`, and all that descend from them. */
export function processesNaming(text: string): Process[] {
  const all = processes();
  const found = new Set(all.filter(({ command, pid }) => command.includes(text) && pid !== process.pid));
  for (let grew = true; grew; ) {
    const pids = new Set([...found].map(({ pid }) => pid));
    const children = all.filter((one) => pids.has(one.parent) && !found.has(one));
    for (const child of children) found.add(child);
    grew = children.length > 0;
  }
  return [...found];
}

/** Ends them, and returns when they are gone. */
export async function killAll(pids: readonly number[]): Promise<void> {
  for (const pid of pids) signal(pid, 'SIGKILL');
  for (let tries = 0; tries < 200 && pids.some((pid) => signal(pid, 0)); tries++) await sleep(10);
}

/** Answers whether there is such a process; a dead one whose parent has not asked yet does not count. */
function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, name);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Children of a process that have ended and wait to be reaped. One that goes meanwhile is left out. */
export function zombiesOf(parent: number): readonly number[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const status = readFileSync(`/proc/${name}/status`, 'utf8');
      return /^State:\s+Z/m.test(status) && status.includes(`\nPPid:\t${parent}\n`) ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}
