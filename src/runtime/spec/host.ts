import { access, readFile } from 'node:fs/promises';
import { release } from 'node:os';
import { arch } from 'node:process';
import { AppError } from '../../base/index.ts';
import type { CgroupTree } from '../cgroup/tree.ts';
import { namesOfMask } from './capabilities.ts';
import { type HardLimits, parseHardLimits } from './limits.ts';
import type { CgroupAbilities } from './resources.ts';
import { parseProfile, type SeccompProfile } from './seccomp.ts';

/** What a spec depends on besides the container: facts about the machine and the engine, read once at start. */
export type HostFacts = {
  /** The engine's effective and bounding capabilities. */
  readonly capabilities: readonly string[];
  readonly limits: HardLimits;
  readonly cgroup: CgroupAbilities;
  readonly arch: string;
  readonly kernel: string;
  /** The default seccomp profile; undefined when the machine has none, or the kernel cannot filter. */
  readonly seccomp: SeccompProfile | undefined;
  /** The static program behind --init. */
  readonly initPath: string | undefined;
};

/** Static programs that reap zombies and pass signals on, as packages place them. */
const initPaths = [
  '/usr/libexec/docker/docker-init',
  '/usr/bin/docker-init',
  '/usr/libexec/podman/catatonit',
  '/usr/bin/catatonit',
  '/usr/bin/tini-static',
  '/sbin/docker-init',
];

/** Throws `unavailable` when the init program that was asked for is not there. */
export async function readHostFacts(
  tree: CgroupTree,
  seccompPaths: readonly string[],
  askedInit?: string,
): Promise<HostFacts> {
  const [status, limits, initPath, seccompPath] = await Promise.all([
    readFile('/proc/self/status', 'utf8'),
    readFile('/proc/self/limits', 'utf8'),
    firstOf(askedInit === undefined ? initPaths : [askedInit]),
    firstOf(seccompPaths),
  ]);
  if (askedInit !== undefined && initPath === undefined)
    throw new AppError('unavailable', `there is no init program at ${askedInit}, which --init-path names`);
  const mask = (row: string): readonly string[] =>
    namesOfMask(new RegExp(`^${row}:\\s*([0-9a-f]+)$`, 'm').exec(status)?.[1] ?? '0');
  const bounding = mask('CapBnd');
  const filters = /^Seccomp:/m.test(status);
  return {
    capabilities: mask('CapEff').filter((name) => bounding.includes(name)),
    limits: parseHardLimits(limits),
    cgroup: { version: tree.version, swap: await hasSwap(tree), blkioWeight: await hasWeight(tree) },
    arch,
    kernel: release(),
    seccomp: seccompPath === undefined || !filters ? undefined : parseProfile(await readFile(seccompPath, 'utf8')),
    initPath,
  };
}

async function firstOf(paths: readonly string[]): Promise<string | undefined> {
  const found = await Promise.all(paths.map(exists));
  return paths.find((_, index) => found[index]);
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** Version 2 shows swap limits below the root only, but always has them when the controller is there. */
const hasSwap = async (tree: CgroupTree): Promise<boolean> =>
  tree.version === '2' || exists(tree.path('memory', '/', 'memory.memsw.limit_in_bytes'));

const hasWeight = async (tree: CgroupTree): Promise<boolean> =>
  tree.version === '2' ||
  (await exists(tree.path('blkio', '/', 'blkio.weight'))) ||
  exists(tree.path('blkio', '/', 'blkio.bfq.weight'));
