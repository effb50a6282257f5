import { writeSync } from 'node:fs';
import { messageOf } from '../../base/index.ts';
import { chroot, dieWithParent } from '../../syscall/files.ts';
import { Archiver } from './archive.ts';
import { changes } from './changes.ts';
import type { PackOrder } from './order.ts';

/**
 * The program that reads trees, in a process of its own: the tree is its root directory, so that no link leads out of
 * it, and it may wait for the disk without holding up the engine. The answer is on standard output, a failure's text on
 * standard error.
 */

const SIGKILL = 9;

function write(bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at);
}

function run({ root, job, parent }: PackOrder): void {
  dieWithParent(SIGKILL);
  if (process.ppid !== parent) throw new Error('the engine ended');
  chroot(root);
  process.chdir('/');
  if (job.form !== 'changes') new Archiver(job, write).run();
  else for (const change of changes(job)) write(Buffer.from(`${JSON.stringify(change)}\n`));
}

try {
  run(JSON.parse(process.argv[2] ?? '') as PackOrder);
} catch (error) {
  writeSync(2, messageOf(error));
  process.exitCode = 1;
}
