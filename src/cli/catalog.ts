import type { Command } from './parse/command.ts';

/** A command before it is loaded. Each file is loaded only when its command is the one asked for. */
export type Entry = {
  /** All ways to write it, the plain one first: "ps", "container ls". */
  readonly names: readonly string[];
  readonly summary: string;
  readonly load: () => Promise<Command>;
};

const entry = (names: string, summary: string, load: () => Promise<Command>): Entry => ({
  names: names.split(', '),
  summary,
  load,
});

export const groups = {
  container: 'Manage containers',
  image: 'Manage images',
  network: 'Manage networks',
  system: 'Manage the engine',
  volume: 'Manage volumes',
} as const;

export const catalog: readonly Entry[] = [
  entry(
    'run, container run',
    'Create and run a new container from an image',
    async () => (await import('./commands/run.ts')).run,
  ),
  entry(
    'exec, container exec',
    'Execute a command in a running container',
    async () => (await import('./commands/exec.ts')).exec,
  ),
  entry(
    'ps, container ls, container list, container ps',
    'List containers',
    async () => (await import('./commands/ps.ts')).ps,
  ),
  entry('images, image ls, image list', 'List images', async () => (await import('./commands/images.ts')).images),
  entry(
    'version',
    'Show the Portolan version information',
    async () => (await import('./commands/version.ts')).version,
  ),
  entry('info, system info', 'Display system-wide information', async () => (await import('./commands/info.ts')).info),
  entry(
    'attach, container attach',
    'Attach local standard input, output, and error streams to a running container',
    async () => (await import('./commands/attach.ts')).attach,
  ),
  entry(
    'build, image build, builder build',
    'Build an image from a Dockerfile',
    async () => (await import('./commands/build.ts')).build,
  ),
  entry(
    'commit, container commit',
    "Create a new image from a container's changes",
    async () => (await import('./commands/commit.ts')).commit,
  ),
  entry(
    'cp, container cp',
    'Copy files/folders between a container and the local filesystem',
    async () => (await import('./commands/cp.ts')).cp,
  ),
  entry(
    'diff, container diff',
    "Inspect changes to files or directories on a container's filesystem",
    async () => (await import('./commands/diff.ts')).diff,
  ),
  entry(
    'export, container export',
    "Export a container's filesystem as a tar archive",
    async () => (await import('./commands/export.ts')).exportContainer,
  ),
  entry(
    'create, container create',
    'Create a new container',
    async () => (await import('./commands/create.ts')).create,
  ),
  entry(
    'events, system events',
    'Get real time events from the server',
    async () => (await import('./commands/events.ts')).events,
  ),
  entry(
    'history, image history',
    'Show the history of an image',
    async () => (await import('./commands/history.ts')).history,
  ),
  entry(
    'import, image import',
    'Import the contents from a tarball to create a filesystem image',
    async () => (await import('./commands/import.ts')).importImage,
  ),
  entry(
    'inspect',
    'Return low-level information on Docker objects',
    async () => (await import('./commands/inspect.ts')).inspect,
  ),
  entry(
    'container inspect',
    'Display detailed information on one or more containers',
    async () => (await import('./commands/inspect.ts')).containerInspect,
  ),
  entry(
    'image inspect',
    'Display detailed information on one or more images',
    async () => (await import('./commands/inspect.ts')).imageInspect,
  ),
  entry(
    'kill, container kill',
    'Kill one or more running containers',
    async () => (await import('./commands/kill.ts')).kill,
  ),
  entry(
    'load, image load',
    'Load an image from a tar archive or STDIN',
    async () => (await import('./commands/load.ts')).load,
  ),
  entry('login', 'Authenticate to a registry', async () => (await import('./commands/login.ts')).login),
  entry('logout', 'Log out from a registry', async () => (await import('./commands/login.ts')).logout),
  entry('logs, container logs', 'Fetch the logs of a container', async () => (await import('./commands/logs.ts')).logs),
  entry(
    'pause, container pause',
    'Pause all processes within one or more containers',
    async () => (await import('./commands/pause.ts')).pause,
  ),
  entry(
    'port, container port',
    'List port mappings or a specific mapping for the container',
    async () => (await import('./commands/port.ts')).port,
  ),
  entry('pull, image pull', 'Download an image from a registry', async () => (await import('./commands/pull.ts')).pull),
  entry('push, image push', 'Upload an image to a registry', async () => (await import('./commands/push.ts')).push),
  entry('rename, container rename', 'Rename a container', async () => (await import('./commands/rename.ts')).rename),
  entry(
    'restart, container restart',
    'Restart one or more containers',
    async () => (await import('./commands/restart.ts')).restart,
  ),
  entry(
    'rm, container rm, container remove',
    'Remove one or more containers',
    async () => (await import('./commands/rm.ts')).rm,
  ),
  entry(
    'rmi, image rm, image remove',
    'Remove one or more images',
    async () => (await import('./commands/rmi.ts')).rmi,
  ),
  entry(
    'save, image save',
    'Save one or more images to a tar archive (streamed to STDOUT by default)',
    async () => (await import('./commands/save.ts')).save,
  ),
  entry(
    'setup',
    'Install what the engine needs from this system',
    async () => (await import('./commands/setup.ts')).setup,
  ),
  entry(
    'start, container start',
    'Start one or more stopped containers',
    async () => (await import('./commands/start.ts')).start,
  ),
  entry(
    'stats, container stats',
    'Display a live stream of container(s) resource usage statistics',
    async () => (await import('./commands/stats.ts')).stats,
  ),
  entry(
    'stop, container stop',
    'Stop one or more running containers',
    async () => (await import('./commands/stop.ts')).stop,
  ),
  entry(
    'tag, image tag',
    'Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE',
    async () => (await import('./commands/tag.ts')).tag,
  ),
  entry(
    'top, container top',
    'Display the running processes of a container',
    async () => (await import('./commands/top.ts')).top,
  ),
  entry(
    'unpause, container unpause',
    'Unpause all processes within one or more containers',
    async () => (await import('./commands/unpause.ts')).unpause,
  ),
  entry(
    'update, container update',
    'Update configuration of one or more containers',
    async () => (await import('./commands/update.ts')).update,
  ),
  entry(
    'wait, container wait',
    'Block until one or more containers stop, then print their exit codes',
    async () => (await import('./commands/wait.ts')).wait,
  ),
  entry(
    'container prune',
    'Remove all stopped containers',
    async () => (await import('./commands/prune.ts')).containerPrune,
  ),
  entry('image prune', 'Remove unused images', async () => (await import('./commands/prune.ts')).imagePrune),
  entry(
    'network connect',
    'Connect a container to a network',
    async () => (await import('./commands/network-connect.ts')).networkConnect,
  ),
  entry('network create', 'Create a network', async () => (await import('./commands/network-create.ts')).networkCreate),
  entry(
    'network disconnect',
    'Disconnect a container from a network',
    async () => (await import('./commands/network-disconnect.ts')).networkDisconnect,
  ),
  entry(
    'network inspect',
    'Display detailed information on one or more networks',
    async () => (await import('./commands/inspect.ts')).networkInspect,
  ),
  entry('network ls, network list', 'List networks', async () => (await import('./commands/network-ls.ts')).networkLs),
  entry('network prune', 'Remove all unused networks', async () => (await import('./commands/prune.ts')).networkPrune),
  entry(
    'network repair',
    "Restore what the engine's network should be, and remove what no record owns",
    async () => (await import('./commands/network-repair.ts')).networkRepair,
  ),
  entry(
    'network rm, network remove',
    'Remove one or more networks',
    async () => (await import('./commands/network-rm.ts')).networkRm,
  ),
  entry(
    'system df',
    'Show disk usage of images, containers and volumes',
    async () => (await import('./commands/system-df.ts')).systemDf,
  ),
  entry('system prune', 'Remove unused data', async () => (await import('./commands/system-prune.ts')).systemPrune),
  entry('volume create', 'Create a volume', async () => (await import('./commands/volume.ts')).volumeCreate),
  entry(
    'volume inspect',
    'Display detailed information on one or more volumes',
    async () => (await import('./commands/inspect.ts')).volumeInspect,
  ),
  entry('volume ls, volume list', 'List volumes', async () => (await import('./commands/volume.ts')).volumeLs),
  entry('volume prune', 'Remove unused local volumes', async () => (await import('./commands/prune.ts')).volumePrune),
  entry(
    'volume rm, volume remove',
    'Remove one or more volumes',
    async () => (await import('./commands/volume.ts')).volumeRm,
  ),
  entry(
    'tour',
    'Show on the live engine how container networks work',
    async () => (await import('./commands/tour.ts')).tour,
  ),
  entry(
    'completion',
    'Generate the completion script for a shell',
    async () => (await import('./commands/completion.ts')).completion,
  ),
];

/** Started by the composition root, not from here; listed so that help and completion know it. */
export const daemon = { name: 'daemon', summary: 'Start an engine' } as const;

/** The command that the words begin with, and how many of them name it. */
export function findCommand(words: readonly string[]): { readonly entry: Entry; readonly length: number } | undefined {
  for (const length of [2, 1]) {
    const name = words.slice(0, length).join(' ');
    const entry = words.length >= length ? catalog.find(({ names }) => names.includes(name)) : undefined;
    if (entry !== undefined) return { entry, length };
  }
  return undefined;
}
