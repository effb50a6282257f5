import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A process whose network namespace is the engine's. */
export type EngineProcess = {
  readonly pid: number;
  /** As the kernel names it: "net:[4026531840]". */
  readonly namespace: string;
};

/**
 * Finds who listens on the engine's socket. A unix socket is listed in the namespace it was opened in
 * (/proc/PID/net/unix), with an inode number that its holder's descriptors name. Needs root.
 */
export function findEngine(socketPath: string): EngineProcess | undefined {
  const seen = new Map<string, string | undefined>();
  for (const pid of processIds()) {
    const namespace = attempt(() => readlinkSync(`/proc/${pid}/ns/net`));
    if (namespace === undefined) continue;
    if (!seen.has(namespace)) seen.set(namespace, listeningInode(pid, socketPath));
    const inode = seen.get(namespace);
    if (inode !== undefined && holds(pid, inode)) return { pid, namespace };
  }
  return undefined;
}

function processIds(): readonly number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid > 0);
}

/** Columns: Num RefCount Protocol Flags Type St Inode Path; flag 0x10000 (SO_ACCEPTCON): it listens. */
function listeningInode(pid: number, socketPath: string): string | undefined {
  const table = attempt(() => readFileSync(`/proc/${pid}/net/unix`, 'utf8')) ?? '';
  for (const line of table.split('\n')) {
    const [, , , flags, , , inode, ...path] = line.trim().split(/\s+/);
    if (flags === '00010000' && path.join(' ') === socketPath) return inode;
  }
  return undefined;
}

function holds(pid: number, inode: string): boolean {
  const folder = `/proc/${pid}/fd`;
  const descriptors = attempt(() => readdirSync(folder)) ?? [];
  return descriptors.some((fd) => attempt(() => readlinkSync(`${folder}/${fd}`)) === `socket:[${inode}]`);
}

/** Processes end while we look at them. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
