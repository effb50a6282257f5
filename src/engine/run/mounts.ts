import { release } from 'node:os';
import type { MountRequest } from '../../contract/index.ts';
import type { SpecMount } from '../../runtime/index.ts';
import type { Container } from '../container/container.ts';
import { containerFiles } from '../container/files.ts';
import type { MountRecord } from '../container/record.ts';
import { trimmed } from '../create/bind-spec.ts';
import type { Parts } from '../parts.ts';
import { checkPropagation } from './propagation.ts';
import { prepareVolumes } from './volumes.ts';

/** What is mounted into a container at start, shallow paths first. `filesOf` owns the hosts files. */
export async function prepareMounts(parts: Parts, container: Container, filesOf: string): Promise<SpecMount[]> {
  const { record } = container;
  checkPropagation(record.mounts);
  const ready = await prepareVolumes(parts, container);
  const files = containerFiles(parts, filesOf);
  const own = [
    bindFile(files.resolvConf, '/etc/resolv.conf'),
    bindFile(files.hostname, '/etc/hostname'),
    bindFile(files.hosts, '/etc/hosts'),
  ];
  const chosen = [...ready.map(specMount(record.hostConfig.Mounts)), ...tmpfsMounts(record.hostConfig.Tmpfs)];
  const covered = new Set(chosen.map(({ destination }) => destination));
  return [...own.filter(({ destination }) => !covered.has(destination)), ...chosen].sort(
    (a, b) => depth(a.destination) - depth(b.destination),
  );
}

const depth = (path: string): number => path.split('/').length;

const bindFile = (source: string, destination: string): SpecMount => ({
  destination,
  type: 'bind',
  source,
  options: ['rbind', 'rprivate'],
});

/** The `--mount` that a tmpfs comes from. */
const requestOf = (requests: readonly MountRequest[], { Type, Destination }: MountRecord): MountRequest | undefined =>
  requests.find((request) => request.Type === Type && trimmed(request.Target) === Destination);

const specMount =
  (requests: readonly MountRequest[]) =>
  (point: MountRecord): SpecMount => {
    if (point.Type === 'tmpfs') return tmpfsMount(point, requestOf(requests, point));
    const bind = point.nonRecursive ? 'bind' : 'rbind';
    const propagation = point.Propagation === '' ? 'rprivate' : point.Propagation;
    return {
      destination: point.Destination,
      type: 'bind',
      source: point.Source,
      options: [bind, accessOf(point), propagation],
    };
  };

/** Read-only means what is mounted below, too, where the kernel can (5.12 and later), or it was asked for. */
function accessOf({ RW, readOnly }: MountRecord): string {
  if (RW) return 'rw';
  if (readOnly === 'not-recursive') return 'ro';
  const [major = 0, minor = 0] = release().split('.').map(Number.parseInt);
  const can = major > 5 || (major === 5 && minor >= 12);
  return can || readOnly === 'recursive' ? 'rro' : 'ro';
}

function tmpfsMount({ Destination, RW }: MountRecord, request: MountRequest | undefined): SpecMount {
  const asked = request?.TmpfsOptions;
  const size = asked?.SizeBytes ? [`size=${asked.SizeBytes}`] : [];
  const mode = asked?.Mode ? [`mode=${asked.Mode.toString(8)}`] : ['mode=1777'];
  const more = (asked?.Options ?? []).map((option) => option.join('='));
  const kept = unlessAsked(more);
  const access = RW ? 'rw' : 'ro';
  return {
    destination: Destination,
    type: 'tmpfs',
    source: 'tmpfs',
    options: [...kept, access, ...size, ...mode, ...more],
  };
}

const tmpfsDefaults = ['noexec', 'nosuid', 'nodev', 'rprivate'];

/** `--tmpfs /run:size=64m,exec`: what is asked for replaces its opposite among the defaults. */
function tmpfsMounts(tmpfs: Readonly<Record<string, string>>): SpecMount[] {
  return Object.entries(tmpfs).map(([destination, text]) => {
    const asked = text === '' ? [] : text.split(',');
    return { destination, type: 'tmpfs', source: 'tmpfs', options: [...unlessAsked(asked), ...asked] };
  });
}

const unlessAsked = (asked: readonly string[]): readonly string[] =>
  tmpfsDefaults.filter((option) => !asked.includes(option.replace(/^no/, '')));
