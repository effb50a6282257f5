import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Poller } from '../../syscall/poller.ts';
import { spawnWatched, type Watched, watchProcess } from '../process/child.ts';
import { execFailure } from '../runc/failure.ts';
import { specJson } from '../spec/json.ts';
import type { OciProcess } from '../spec/oci.ts';
import type { ExecHandle, ExecRequest, Exit } from '../types.ts';
import { StandardPipes } from './pipes.ts';

export type ExecTools = {
  readonly runtimePath: string;
  readonly runtimeRoot: string;
  readonly poller: Poller;
};

export type ExecJob = {
  readonly containerId: string;
  /** Made here for the time the runtime works. */
  readonly folder: string;
  readonly process: OciProcess;
  readonly request: ExecRequest;
};

/**
 * A process without a terminal: `runc exec --detach` gives it our pipes and goes. We are its subreaper, so it becomes
 * our child and its status ours to take. It ends with the engine only if it writes to a client that is gone.
 */
export async function execWithPipes(job: ExecJob, tools: ExecTools): Promise<ExecHandle> {
  await mkdir(job.folder, { recursive: true, mode: 0o700 });
  try {
    await writeFile(join(job.folder, 'process.json'), specJson(job.process));
    const pipes = new StandardPipes(job.request.openStdin && !job.request.detached, !job.request.detached);
    const child = await runExec(job, tools, pipes);
    return handleOf(child, pipes);
  } finally {
    await rm(job.folder, { recursive: true, force: true });
  }
}

async function runExec(job: ExecJob, tools: ExecTools, pipes: StandardPipes): Promise<Watched> {
  const files = { pid: join(job.folder, 'pid'), log: join(job.folder, 'log') };
  try {
    using runc = await spawnRunc(job, tools, pipes, files);
    if ((await runc.ended) !== 0) throw execFailure(lastError(await readFile(files.log, 'utf8')));
    return watchProcess(tools.poller, Number(await readFile(files.pid, 'utf8')));
  } catch (error) {
    pipes.destroy();
    throw error;
  }
}

async function spawnRunc(
  job: ExecJob,
  { runtimePath, runtimeRoot, poller }: ExecTools,
  pipes: StandardPipes,
  files: { readonly pid: string; readonly log: string },
): Promise<Watched> {
  // The log holds the runtime's own words apart from what the process writes to the same standard error.
  closeSync(openSync(files.log, 'w', 0o600));
  const globals = ['--root', runtimeRoot, '--log', files.log, '--log-format', 'json'];
  const verb = ['exec', '--detach', '--process', join(job.folder, 'process.json'), '--pid-file', files.pid];
  try {
    return await spawnWatched(poller, {
      path: runtimePath,
      args: ['runc', ...globals, ...verb, job.containerId],
      env: ['PATH=/usr/sbin:/usr/bin:/sbin:/bin'],
      cwd: job.folder,
      fds: pipes.childFds,
    });
  } finally {
    pipes.given();
  }
}

function handleOf(child: Watched, pipes: StandardPipes): ExecHandle {
  const exit = child.ended.then(async (code): Promise<Exit> => {
    return { code: code ?? 255, oomKilled: false, at: new Date() };
  });
  void exit.then(() => {
    child[Symbol.dispose]();
    return pipes.finish();
  });
  return {
    pid: child.pid,
    exit,
    attach: async () => pipes.attachment(),
    resize: async () => {},
  };
}

/** The last error of the runtime's log: lines of JSON. */
function lastError(log: string): string {
  const messages = log
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { level: string; msg: string });
  return messages.findLast(({ level }) => level === 'error')?.msg ?? 'exec failed';
}
