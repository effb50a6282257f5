import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabHost } from './host.ts';
import { processesNaming } from './processes.ts';

/** What an engine has outside its own memory, as sorted lines: equal before and after, or something was left behind. */
export type Leftovers = {
  /** In the lab host: "docker0 bridge up". */
  readonly links: readonly string[];
  readonly addresses: readonly string[];
  readonly routes: readonly string[];
  /** The whole rule set, line by line, without counters and handles. */
  readonly rules: readonly string[];
  /** Under the engine's folder, pinned namespaces among them. */
  readonly mounts: readonly string[];
  readonly namespaces: readonly string[];
  readonly processes: readonly string[];
  readonly controlGroups: readonly string[];
  /** Of containers, execs, layers and blobs, without their ids. */
  readonly files: readonly string[];
};

/** Looks with ip(8), nft(8) and /proc at what belongs to an engine in `host` that keeps all its files in `folder`. */
export async function leftoversOf(host: LabHost, folder: string, engine: number | undefined): Promise<Leftovers> {
  const [links, addresses, routes, rules] = await Promise.all([
    host.must('ip', ['-json', 'link', 'show']),
    host.must('ip', ['-json', 'address', 'show', 'scope', 'global']),
    host.must('ip', ['-json', 'route', 'show', 'table', 'all']),
    host.must('nft', ['--stateless', 'list', 'ruleset']),
  ]);
  return {
    links: lines(links, (link) => `${link['ifname']} ${(link['flags'] as string[]).includes('UP') ? 'up' : 'down'}`),
    addresses: lines(addresses, (link) => `${link['ifname']} ${locals(link['addr_info'])}`),
    // The kernel adds link-local and multicast routes when a link first has a carrier and its address is the only one.
    routes: lines(routes, (route) => `${route['dst']} ${route['dev']} ${route['gateway'] ?? ''}`).filter(
      (line) => !line.startsWith('fe80') && !line.startsWith('ff00'),
    ),
    rules: rules.replace(/counter packets \d+ bytes \d+/g, 'counter').split('\n'),
    mounts: mountsUnder(folder).map(withoutIds),
    namespaces: globSync(join(folder, '**/netns/*')).map(withoutIds).sort(),
    processes: processesNaming(folder)
      .filter(({ pid }) => pid !== engine)
      .map(({ command }) => withoutIds(command))
      .sort(),
    controlGroups: containerGroups(folder),
    files: filesOf(folder),
  };
}

/** An engine may keep a namespace ready for the next container: how many there are counts, not what they are called. */
const withoutIds = (path: string): string => path.replace(/[0-9a-f]{12,64}/g, '<id>');

function lines(json: string, show: (row: Readonly<Record<string, unknown>>) => string): string[] {
  return (JSON.parse(json) as Readonly<Record<string, unknown>>[]).map(show).sort();
}

const locals = (info: unknown): string => (info as { local?: string }[]).flatMap(({ local }) => local ?? []).join(' ');

/** Mount points at or below a folder, the innermost last. */
export function mountsUnder(folder: string): string[] {
  const all = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  return all
    .map((line) => line.split(' ')[4] ?? '')
    .filter((point) => point.startsWith(`${folder}/`))
    .sort();
}

/** Of its containers; the engine names their parent by its data root. */
function containerGroups(folder: string): string[] {
  const hash = createHash('sha256').update(join(folder, 'data')).digest('hex').slice(0, 8);
  return globSync(`/sys/fs/cgroup/{*,}/portolan-${hash}/*/`)
    .map(withoutIds)
    .filter((path) => path.includes('<id>'))
    .sort();
}

/** Where the engine and the programs under it keep a file or folder for each container, exec, layer and blob. */
const places = [
  'data/{containers,overlay,layers,l,trash,volumes,content/incoming,content/blobs/sha256}/*',
  'run/{bundles,execs,exits,runc}/*',
];

const filesOf = (folder: string): string[] =>
  places
    .flatMap((place) => globSync(place, { cwd: folder }))
    .map(withoutIds)
    .sort();
