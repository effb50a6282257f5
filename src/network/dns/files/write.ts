import { createHash } from 'node:crypto';
import { constants, existsSync, writeFileSync } from 'node:fs';
import { open, readFile, writeFile } from 'node:fs/promises';
import { hasCode } from '../../../base/index.ts';

/** Replaces a file's content and keeps the file itself: a container has it bind-mounted, so a rename would not be seen. */
export async function writeInPlace(path: string, content: string): Promise<void> {
  await using file = await open(path, constants.O_CREAT | constants.O_WRONLY, 0o644);
  const bytes = Buffer.from(content);
  // Written over first and cut after, so that a reader never finds an empty file.
  await file.write(bytes, 0, bytes.length, 0);
  await file.truncate(bytes.length);
}

/**
 * The same, unless somebody else changed the file since it was last written here: then it stays theirs. What was
 * written is remembered as digests beside it, `<path>.hash`: of the content that comes, and of the one that goes, so
 * that a crash between the two leaves no file that looks edited. Answers whether the file now has `content`. One call
 * at a time for each path.
 */
export async function writeGenerated(path: string, content: string): Promise<boolean> {
  if (!existsSync(path)) return writeFirst(path, content);
  const [current, remembered = ''] = await Promise.all([readOrNothing(path), readOrNothing(`${path}.hash`)]);
  if (current === content) return true;
  const before = current === undefined ? '' : digest(current);
  if (current !== undefined && remembered !== '' && !remembered.split('\n').includes(before)) return false;
  await writeFile(`${path}.hash`, `${digest(content)}\n${before}`);
  await writeInPlace(path, content);
  return true;
}

/** Nobody reads it yet, and two short files take less time than the thread pool to be asked for them. */
function writeFirst(path: string, content: string): true {
  writeFileSync(`${path}.hash`, digest(content));
  writeFileSync(path, content, { mode: 0o644 });
  return true;
}

const digest = (content: string): string => createHash('sha256').update(content).digest('hex');

async function readOrNothing(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
