import koffi from 'koffi';
import { libc, sysError } from './libc.ts';

/** A program to start. `path` is absolute; `args[0]` is its own name. */
export type SpawnRequest = {
  readonly path: string;
  readonly args: readonly string[];
  readonly env: readonly string[];
  readonly cwd: string;
  /** Our descriptor for each of the child's, 0 upwards. All others close, being CLOEXEC. */
  readonly fds: readonly number[];
};

/** How a child ended: its exit code, or 128 and the signal that ended it, as a shell says it. */
export type WaitStatus = number;

type Pointer = Uint8Array;
const adddup2 = libc.func('int posix_spawn_file_actions_adddup2(void *actions, int fd, int newfd)');
const addchdir = libc.func('int posix_spawn_file_actions_addchdir_np(void *actions, const char *path)');
const initActions = libc.func('int posix_spawn_file_actions_init(_Out_ void *actions)');
const destroyActions = libc.func('int posix_spawn_file_actions_destroy(void *actions)');
const initAttributes = libc.func('int posix_spawnattr_init(void *attributes)');
const setFlags = libc.func('int posix_spawnattr_setflags(void *attributes, short flags)');
const setDefault = libc.func('int posix_spawnattr_setsigdefault(void *attributes, const void *set)');
const posixSpawn = libc.func(
  'int posix_spawn(void *pid, const char *path, const void *actions, const void *attributes, const char **argv, const char **envp)',
);
const waitpid = libc.func('int waitpid(int pid, void *status, int options)');
const waitid = libc.func('int waitid(int idtype, unsigned int id, void *info, int options)');

// <spawn.h>, <bits/sigset.h>, <bits/waitflags.h> of glibc.
const POSIX_SPAWN_SETSIGDEF = 0x04;
const POSIX_SPAWN_SETSIGMASK = 0x08;
/** Roomier than glibc's posix_spawn_file_actions_t (80 bytes) and posix_spawnattr_t (336). */
const opaqueBytes = 512;
const sigsetBytes = 128;
const WNOHANG = 1;
const WEXITED = 4;
const WNOWAIT = 0x0100_0000;
const P_ALL = 0;
/** siginfo_t of <bits/types/siginfo_t.h>: 128 bytes, of which the fifth word is si_pid on 64-bit machines. */
const siginfoWords = 32;
const pidWord = 4;
const ECHILD = 10;
const EINVAL = 22;

/**
 * Starts a program without copying our page tables (posix_spawn: CLONE_VFORK): 0.2 ms, where child_process.spawn costs
 * 2.5 ms and grows with the engine. Signals are as a fresh process has them. The child is the caller's to wait for.
 * From the thread pool: the caller stands still until the child has found a processor and begun, 7 ms on a busy machine.
 * The descriptors must stay open until it resolves. Throws SysError.
 */
export async function spawnProcess(request: SpawnRequest): Promise<number> {
  if (request.fds.some((fd) => fd < request.fds.length)) throw sysError('posix_spawn', EINVAL, 'descriptors overlap');
  using memory = new DisposableStack();
  const attributes = withSignals(memory);
  const actions = withDescriptors(memory, request);
  // Used below the wait: alive as long as the thread that writes to it.
  const pid = new Int32Array(1);
  const [argv, env] = [request.args, request.env].map((list) => [...list, null]);
  const result = await later(pid, request.path, actions, attributes, argv, env);
  check('posix_spawn', result, request.path);
  return pid[0]!;
}

const later = (...args: readonly unknown[]): Promise<number> =>
  new Promise((resolve, reject) => {
    posixSpawn.async(...args, (error: Error | null, result: number) => {
      if (error === null) resolve(result);
      else reject(error);
    });
  });

/** Outside the garbage collector's reach: another thread reads it. */
function allocated(memory: DisposableStack): Pointer {
  return memory.adopt(koffi.alloc('uint8_t', opaqueBytes), (pointer) => koffi.free(pointer));
}

function withSignals(memory: DisposableStack): Pointer {
  const attributes = allocated(memory);
  initAttributes(attributes);
  setFlags(attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  setDefault(attributes, new Uint8Array(sigsetBytes).fill(0xff));
  return attributes;
}

function withDescriptors(memory: DisposableStack, { fds, cwd }: SpawnRequest): Pointer {
  const actions = allocated(memory);
  check('posix_spawn_file_actions_init', initActions(actions));
  memory.defer(() => destroyActions(actions));
  fds.forEach((fd, target) => {
    check('posix_spawn_file_actions_adddup2', adddup2(actions, fd, target));
  });
  check('posix_spawn_file_actions_addchdir_np', addchdir(actions, cwd), cwd);
  return actions;
}

/** These functions return the error instead of setting errno. */
function check(op: string, errno: number, detail = ''): void {
  if (errno !== 0) throw sysError(op, errno, detail);
}

/** Takes a child's status if it has ended: undefined while it runs, or when it is not our child. Never waits. */
export function reap(pid: number): WaitStatus | undefined {
  const status = new Int32Array(1);
  return waitpid(pid, status, WNOHANG) === pid ? waitStatus(status[0]!) : undefined;
}

/** The pid of a child that has ended and was not asked for its status, which stays to be taken. Never waits. */
export function endedChild(): number | undefined {
  const info = new Int32Array(siginfoWords);
  return waitid(P_ALL, 0, info, WEXITED | WNOHANG | WNOWAIT) === 0 ? info[pidWord] || undefined : undefined;
}

/** Waits for a child on a thread of the pool: for programs that do not take long. */
export async function endOf(pid: number): Promise<WaitStatus> {
  const status = new Int32Array(1);
  const waiting = Promise.withResolvers<number>();
  waitpid.async(pid, status, 0, (error: Error | null, result: number) => {
    if (error === null) waiting.resolve(result);
    else waiting.reject(error);
  });
  if ((await waiting.promise) !== pid) throw sysError('waitpid', ECHILD);
  return waitStatus(status[0]!);
}

function waitStatus(raw: number): WaitStatus {
  const signal = raw & 0x7f; // WTERMSIG, <bits/waitstatus.h>
  return signal === 0 ? (raw >> 8) & 0xff : 128 + signal;
}
