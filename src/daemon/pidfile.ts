import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '../base/index.ts';

/** Writes our process id; refuses while the one written there still runs. Disposing removes the file. */
export function claimPidfile(path: string): Disposable {
  const holder = readPid(path);
  if (holder !== undefined && holder !== process.pid && runs(holder)) {
    throw new AppError(
      'conflict',
      `process ${holder} runs with the pid file ${path}: stop it or choose another --pidfile`,
    );
  }
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${process.pid}\n`, { mode: 0o644 });
  return {
    [Symbol.dispose]() {
      if (readPid(path) === process.pid) rmSync(path, { force: true });
    },
  };
}

function readPid(path: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(path, 'utf8'), 10);
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** Pids are used again: a process of another program is not our engine. */
function runs(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('daemon');
  } catch {
    return false;
  }
}
