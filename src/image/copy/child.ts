import { statSync, writeSync } from 'node:fs';
import { AppError, hasCode, messageOf } from '../../base/index.ts';
import { dieWithParent } from '../../syscall/files.ts';
import { TarReader } from '../extract/tar.ts';
import { Archiver } from '../pack/archive.ts';
import { checkAccess } from './access.ts';
import { absolute, baseName, followed } from './links.ts';
import type { CopyJob, CopyOrder, Report } from './order.ts';
import { pathStat } from './path-stat.ts';
import { PlacedTree } from './place.ts';
import { enterView } from './view.ts';

/**
 * The program that looks at and copies a container's files, in a process of its own: the container's files are its root
 * directory, and it may wait for the disk, or for a slow client, without holding up the engine. Archives come on
 * standard input and go to descriptor 3; reports are on standard output.
 */

const SIGKILL = 9;
const archiveFd = 3;

async function run({ view, job, parent }: CopyOrder): Promise<void> {
  dieWithParent(SIGKILL);
  if (process.ppid !== parent) throw new Error('the engine ended');
  process.umask(0);
  enterView(view);
  if (job.verb === 'in') return placeAll(job);
  const path = absolute(job.path);
  report({ ok: true, stat: pathStat(path) });
  if (job.verb === 'stat') return;
  const pick = {
    path: Buffer.from(path).toString('latin1'),
    name: Buffer.from(baseName(path)).toString('latin1'),
    itself: true,
  };
  new Archiver({ form: 'tree', picks: [pick] }, (bytes) => writeAll(archiveFd, bytes)).run();
  report({ ok: true });
}

async function placeAll({ path, keepKinds, owner, access }: Extract<CopyJob, { verb: 'in' }>): Promise<void> {
  const folder = followed(absolute(path));
  if (!statSync(folder).isDirectory()) throw new AppError('invalid', 'extraction point is not a directory');
  checkAccess(folder, access);
  const tree = new PlacedTree({ folder: Buffer.from(folder).toString('latin1'), keepKinds, owner });
  const reader = new TarReader(tree);
  for await (const chunk of process.stdin) reader.push(chunk as Buffer);
  reader.finish();
  tree.finish();
  report({ ok: true });
}

function writeAll(fd: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
}

function report(what: Report): void {
  writeAll(1, Buffer.from(`${JSON.stringify(what)}\n`));
}

function failure(error: unknown): Report {
  const message = messageOf(error);
  if (error instanceof AppError && error.kind !== 'internal') {
    return { ok: false, kind: error.kind === 'conflict' ? 'conflict' : 'invalid', message };
  }
  if (hasCode(error, 'ENOENT')) return { ok: false, kind: 'not-found', message };
  const isAsked = ['ENOTDIR', 'ELOOP', 'ENAMETOOLONG', 'EINVAL'].some((code) => hasCode(error, code));
  return { ok: false, kind: isAsked ? 'invalid' : 'internal', message };
}

try {
  await run(JSON.parse(process.argv[2] ?? '') as CopyOrder);
} catch (error) {
  report(failure(error));
}
// What is left of a half-read archive holds nobody up.
process.exit();
