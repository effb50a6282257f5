import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { silent } from '../../src/base/index.ts';
import { createRuntime } from '../../src/runtime/create-runtime.ts';
import type { Attachment, CreateRequest, ExecRequest, Exit, Runtime, SpecInput } from '../../src/runtime/types.ts';
import { createNetns } from '../../src/syscall/netns.ts';
import { Poller } from '../../src/syscall/poller.ts';

export type OwnRuntime = Runtime & AsyncDisposable;
/** What a test wants different from a shell's container without stdin. */
export type Wanted = Partial<Omit<CreateRequest, 'spec' | 'bundle'>> & { readonly spec?: Partial<SpecInput> };

export type RuntimeLab = {
  readonly runtime: OwnRuntime;
  readonly root: string;
  /** A group that no other lab has; every container's is below it. */
  readonly group: string;
  readonly logPath: (id: string) => string;
  readonly bundle: (id: string) => string;
  /** Another engine over the same folders, as after a restart. Closed with the test. */
  reopen(): Promise<OwnRuntime>;
  create(id: string, args: readonly string[], wanted?: Wanted): Promise<{ readonly pid: number }>;
  /** Creates, attaches and starts. */
  run(id: string, args: readonly string[], wanted?: Wanted): Promise<Attachment>;
  /** The same to its end: all output, exit, removed. */
  runToEnd(id: string, args: readonly string[], wanted?: Wanted): Promise<Exit & Output>;
  exec(id: string, args: readonly string[], wanted?: Partial<ExecRequest>): Promise<Exit & Output>;
};

export type Output = { readonly stdout: string; readonly stderr: string };
const none = {
  memoryBytes: 0,
  memorySwapBytes: 0,
  memoryReservationBytes: 0,
  cpuShares: 0,
  cpuQuotaUs: 0,
  cpuPeriodUs: 0,
  cpusetCpus: '',
  cpusetMems: '',
  pidsLimit: 0,
  blkioWeight: 0,
  oomKillDisable: false,
};
export const limits = (some: Partial<typeof none>): typeof none => ({ ...none, ...some });

/** A runtime in folders of its own, over a root file system of the machine's busybox. All goes with the test. */
export async function runtimeLab(t: TestContext): Promise<RuntimeLab> {
  const root = mkdtempSync(join(tmpdir(), 'portolan-runtime-'));
  const group = `/portolan-test-${root.slice(-6)}`;
  const netns = createNetns();
  const poller = new Poller();
  const open = () =>
    createRuntime({ execRoot: join(root, 'exec'), runtimePath: 'runc', conmonPath: 'conmon', poller, log: silent });
  const runtimes = [await open()];
  makeRootfs(join(root, 'rootfs'));
  t.after(async () => {
    for (const id of readdirSync(join(root, 'exec', 'runc'))) await runtimes.at(-1)!.delete(id);
    for (const runtime of runtimes) await runtime[Symbol.asyncDispose]();
    poller[Symbol.dispose]();
    netns[Symbol.dispose]();
    rmSync(root, { recursive: true });
  });
  const netnsPath = `/proc/${process.pid}/fd/${netns.fd}`;
  const lab = labOf(runtimes[0]!, { root, group, netns: netnsPath });
  return {
    ...lab,
    reopen: async () => {
      runtimes.push(await open());
      return runtimes.at(-1)!;
    },
  };
}

type Place = { readonly root: string; readonly group: string; readonly netns: string };

function labOf(runtime: OwnRuntime, place: Place): Omit<RuntimeLab, 'reopen'> {
  const { root, group } = place;
  const logPath = (id: string): string => join(root, `${id}.log`);
  const bundle = (id: string): string => join(root, 'bundles', id);
  const create: RuntimeLab['create'] = (id, args, { spec, ...rest } = {}) => {
    mkdirSync(bundle(id), { recursive: true });
    return runtime.create({
      spec: { ...specOf(id, args, place), ...spec },
      bundle: bundle(id),
      openStdin: false,
      stdinOnce: false,
      logPath: logPath(id),
      ...rest,
    });
  };
  const run: RuntimeLab['run'] = async (id, args, wanted = {}) => {
    await create(id, args, wanted);
    const attachment = await runtime.attach(id, { stdin: wanted.openStdin ?? false });
    await runtime.start(id);
    return attachment;
  };
  const runToEnd: RuntimeLab['runToEnd'] = async (id, args, wanted) => {
    const attachment = await run(id, args, wanted);
    const [exit, output] = await Promise.all([runtime.exit(id), collect(attachment)]);
    await runtime.delete(id);
    return { ...exit, ...output };
  };
  const exec: RuntimeLab['exec'] = async (id, args, wanted = {}) => {
    const handle = await runtime.exec(id, { ...execOf(args), ...wanted });
    const output = wanted.detached ? { stdout: '', stderr: '' } : await collect(await handle.attach());
    return { ...(await handle.exit), ...output };
  };
  return { runtime, root, group, logPath, bundle, create, run, runToEnd, exec };
}

/** Everything it says until its end. */
export async function collect({ output }: Attachment): Promise<Output> {
  const chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  for await (const { stream, data } of output) chunks[stream].push(data);
  return { stdout: Buffer.concat(chunks.stdout).toString(), stderr: Buffer.concat(chunks.stderr).toString() };
}

function specOf(id: string, args: readonly string[], { root, group, netns }: Place): SpecInput {
  return {
    id,
    rootfs: join(root, 'rootfs'),
    readonlyRootfs: false,
    args,
    env: ['PATH=/bin', 'HOME=/root'],
    cwd: '/',
    user: { uid: 0, gid: 0, additionalGids: [] },
    tty: false,
    hostname: 'box',
    domainname: '',
    mounts: [],
    netns,
    pid: 'private',
    ipc: 'private',
    uts: 'private',
    cgroupns: 'host',
    privileged: false,
    capAdd: [],
    capDrop: [],
    seccomp: '',
    noNewPrivileges: false,
    devices: [],
    sysctls: {},
    ulimits: [],
    shmBytes: 64 * 1024 * 1024,
    init: false,
    oomScoreAdj: 0,
    resources: none,
    cgroupPath: join(group, id),
    labels: {},
  };
}

/** As root, without a terminal or stdin. */
export const execOf = (args: readonly string[]): ExecRequest => ({
  execId: randomUUID(),
  args,
  env: ['PATH=/bin'],
  cwd: '/',
  user: { uid: 0, gid: 0, additionalGids: [] },
  tty: false,
  privileged: false,
  openStdin: false,
  detached: false,
});

function makeRootfs(path: string): void {
  for (const folder of ['bin', 'etc', 'proc', 'dev', 'sys', 'tmp', 'root'])
    mkdirSync(join(path, folder), { recursive: true });
  cpSync('/bin/busybox', join(path, 'bin/busybox'));
  for (const applet of execFileSync('/bin/busybox', ['--list'], { encoding: 'utf8' }).trim().split('\n')) {
    if (applet !== 'busybox') symlinkSync('busybox', join(path, 'bin', applet));
  }
  writeFileSync(join(path, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
}

/** Where a control group is there, in whichever hierarchy. */
export function groupsNamed(group: string): string[] {
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  const roots = mounts.filter((line) => / cgroup2? /.test(line)).map((line) => line.split(' ')[1]!);
  return roots.map((mount) => join(mount, group)).filter((path) => existsSync(path));
}
