import { closeSync, writeSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipe } from '../../syscall/pipe.ts';
import type { Poller } from '../../syscall/poller.ts';
import { ConmonAttachment } from '../conmon/attachment.ts';
import { type ConmonJob, conmonFiles } from '../conmon/command.ts';
import { type Conmons, resizeTerminal } from '../conmon/conmon.ts';
import { SyncPipe } from '../conmon/sync-pipe.ts';
import { execFailure } from '../runc/failure.ts';
import { specJson } from '../spec/json.ts';
import type { ExecHandle, Exit } from '../types.ts';
import type { ExecJob } from './exec.ts';

/**
 * A process with a terminal: a conmon of its own holds the terminal's other end. It waits until we are attached, so no
 * output is lost, and reports the exit code on its pipe.
 */
export async function execWithTerminal(job: ExecJob, conmons: Conmons, poller: Poller): Promise<ExecHandle> {
  await using undo = new AsyncDisposableStack();
  await mkdir(job.folder, { recursive: true, mode: 0o700 });
  undo.defer(() => rm(job.folder, { recursive: true, force: true }));
  const execProcess = join(job.folder, 'process.json');
  await writeFile(execProcess, specJson(job.process));
  const sync = undo.use(new SyncPipe(poller));
  const attachment = await spawnAttached(conmonJob(job, execProcess), conmons, poller, sync);
  const message = await sync.next();
  if (message === undefined || message.data < 0) {
    attachment.detach();
    throw execFailure(message?.message ?? 'exec failed');
  }
  if (job.request.detached) attachment.detach();
  const held = undo.move();
  const exit = exitOf(sync).finally(() => held.disposeAsync());
  return {
    pid: message.data,
    exit,
    attach: async () => ({
      output: untilExit(attachment.output, exit),
      stdin: attachment.stdin,
      detach: () => attachment.detach(),
    }),
    resize: (height, width) => resizeTerminal(job.folder, height, width),
  };
}

/** Clients ask for the exit code when the output has ended, so it has to be there by then. */
async function* untilExit<T>(output: AsyncIterable<T>, exit: Promise<Exit>): AsyncGenerator<T> {
  yield* output;
  await exit;
}

const conmonJob = (job: ExecJob, execProcess: string): ConmonJob => ({
  id: job.containerId,
  folder: job.folder,
  tty: true,
  stdin: true,
  leaveStdinOpen: true,
  execProcess,
});

/** conmon takes one byte to go on, says when its socket is there, and takes another to run the process. */
async function spawnAttached(
  job: ConmonJob,
  conmons: Conmons,
  poller: Poller,
  sync: SyncPipe,
): Promise<ConmonAttachment> {
  using ready = new SyncPipe(poller);
  const go = pipe();
  try {
    const env = ['_OCI_SYNCPIPE=3', '_OCI_STARTPIPE=4', '_OCI_ATTACHPIPE=5'];
    const conmon = await conmons.start(job, env, [sync.write, go.read, ready.write]);
    void conmon.ended.then(() => conmon[Symbol.dispose]());
    writeSync(go.write, '\0');
    sync.sent();
    ready.sent();
    await ready.next();
    const attachment = new ConmonAttachment(poller, join(job.folder, conmonFiles.attach), {
      stdin: true,
      lingers: false,
    });
    writeSync(go.write, '\0');
    return attachment;
  } finally {
    closeSync(go.read);
    closeSync(go.write);
  }
}

async function exitOf(sync: SyncPipe): Promise<Exit> {
  const message = await sync.next();
  return { code: message?.data ?? 255, oomKilled: false, at: new Date() };
}
