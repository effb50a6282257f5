import { writeSync } from 'node:fs';
import { messageOf } from '../../base/index.ts';
import { dieWithParent } from '../../syscall/files.ts';
import { enterTree } from '../own-process.ts';
import { Archiver } from './archive.ts';
import { changes } from './changes.ts';
import { find } from './find.ts';
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

function writeLines(values: Iterable<unknown>): void {
  for (const value of values) write(Buffer.from(`${JSON.stringify(value)}\n`));
}

function run({ root, job, parent }: PackOrder): void {
  dieWithParent(SIGKILL);
  if (process.ppid !== parent) throw new Error('the engine ended');
  enterTree(root);
  if (job.form === 'changes') writeLines(changes(job));
  else if (job.form === 'find') writeLines(find(job));
  else new Archiver(job, write).run();
}

try {
  run(JSON.parse(process.argv[2] ?? '') as PackOrder);
} catch (error) {
  writeSync(2, messageOf(error));
  process.exitCode = 1;
}
