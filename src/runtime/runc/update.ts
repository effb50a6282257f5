import { closeSync, openSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../base/index.ts';
import type { Poller } from '../../syscall/poller.ts';
import type { ConmonTools } from '../conmon/command.ts';
import { spawnWatched } from '../process/child.ts';
import { type CgroupAbilities, resourcesOf } from '../spec/resources.ts';
import type { Resources } from '../types.ts';

export type UpdateJob = {
  readonly id: string;
  readonly folder: string;
  readonly resources: Resources;
  readonly abilities: CgroupAbilities;
  readonly tools: ConmonTools;
  readonly poller: Poller;
};

/** `runc update`: rare enough for a process, and it knows the order in which the kernel takes limits. */
export async function updateContainer({ id, folder, resources, abilities, tools, poller }: UpdateJob): Promise<void> {
  const [request, output] = [join(folder, 'resources.json'), join(folder, 'update.log')];
  await writeFile(request, JSON.stringify(resourcesOf(resources, abilities)));
  const [input, log] = [openSync('/dev/null', 'r'), openSync(output, 'w')];
  try {
    using runc = await spawnWatched(poller, {
      path: tools.runtimePath,
      args: ['runc', '--root', tools.runtimeRoot, '--log', '/dev/null', 'update', '--resources', request, id],
      env: ['PATH=/usr/sbin:/usr/bin:/sbin:/bin'],
      cwd: folder,
      fds: [input, log, log],
    });
    if ((await runc.ended) === 0) return;
    throw new AppError('invalid', `Cannot update container ${id}: ${(await readFile(output, 'utf8')).trim()}`);
  } finally {
    closeSync(input);
    closeSync(log);
    await Promise.all([rm(request, { force: true }), rm(output, { force: true })]);
  }
}
