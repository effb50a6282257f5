import { createHash } from 'node:crypto';
import { dirname, posix } from 'node:path';
import { AppError, messageOf } from '../../base/index.ts';
import { type Instruction, jsonList, rawWords, resolve } from '../../build/index.ts';
import { archiveIn, archiveOf, digestIn, kindIn, unpack } from '../../image/index.ts';
import { resolveUser } from '../../runtime/index.ts';
import { isAddress } from '../remote/address.ts';
import { findSources, type Source } from './copy-sources.ts';
import { fetchFile } from './remote-file.ts';
import { type StageState, toldStep } from './stage.ts';

type Owner = { readonly uid: number; readonly gid: number };

/** COPY and ADD. Sources are read, and files written, by processes that cannot leave the tree they work in. */
export async function copyStep(stage: StageState, instruction: Instruction): Promise<void> {
  const { name, flags, rest } = instruction;
  const words = (jsonList(rest) ?? rawWords(rest)).map(stage.expand);
  const target = words.pop()!;
  const from = stage.expand(flags['from'] ?? '');
  const chown = stage.expand(flags['chown'] ?? '');
  await using tree =
    from === '' ? undefined : await stage.build.parts.images.rootfs.workTree(await imageFrom(stage, from));
  const root = tree?.root ?? stage.build.context;
  await using fetched = new AsyncDisposableStack();
  const sources = await findSources(name, words, {
    root,
    isContext: from === '',
    fetch: async (address) => fetched.use(await fetchFile(address, dirname(stage.build.context), stage.build.signal)),
  });
  if (sources.length > 1 && !target.endsWith('/')) {
    throw new AppError(
      'invalid',
      `When using ${name} with more than one source file, the destination must be a directory and end with a /`,
    );
  }
  const keepsOwner = from !== '' && chown === '';
  const digest = await digestOf(sources, keepsOwner);
  const createdBy = toldStep(stage.config, `${name} ${chown === '' ? '' : `--chown=${chown}`}${digest} in ${target} `);
  if (await stage.fromCache(createdBy)) return;
  await using to = await stage.build.parts.images.rootfs.workTree(stage.image);
  const owner = chown === '' ? { uid: 0, gid: 0 } : ownerOf(to.root, chown);
  const destination = {
    root: to.root,
    path: resolve(stage.config.WorkingDir ?? '/', target),
    isFolder: /(^|\/)\.?$/.test(target),
  };
  for (const source of sources) {
    await placed(stage, { source, destination, owner, keepsOwner, unpacks: name === 'ADD' && !isAddress(source.word) });
  }
  await stage.commit(createdBy, to.layer());
}

async function imageFrom(stage: StageState, from: string): Promise<string> {
  try {
    return stage.build.stageImage(from) ?? (await stage.build.baseImage(from));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new AppError(error.kind, `invalid from flag value ${from}: ${error.message}`, { cause: error });
  }
}

type Copy = {
  readonly source: Source;
  readonly destination: { readonly root: string; readonly path: string; readonly isFolder: boolean };
  readonly owner: Owner;
  readonly keepsOwner: boolean;
  readonly unpacks: boolean;
};

/** What the files cannot be is told as a failure to copy them, in place of what the system said alone. */
async function placed(stage: StageState, copying: Copy): Promise<void> {
  try {
    await copy(stage, copying);
  } catch (error) {
    const isFile = /^E(EXIST|NOTDIR)\b/.test(messageOf(error));
    if (!isFile || stage.build.signal.aborted) throw error;
    const { source, destination } = copying;
    const text = `failed to copy files: ${source.word} to ${destination.path}: a file is in the way of a directory`;
    throw new AppError('invalid', text, { cause: error });
  }
}

/** A folder gives what is in it; a file goes into a folder, or under another name; an archive that is added, unpacked. */
async function copy(stage: StageState, { source, destination, owner, keepsOwner, unpacks }: Copy): Promise<void> {
  const { signal } = stage.build;
  const path = destination.path;
  if (unpacks && source.kind === 'file') {
    const archive = await archiveIn(source.root, source.path);
    if (archive !== undefined) return unpack(archive, { root: destination.root, under: path }, signal);
  }
  const isFolder = destination.isFolder || kindIn(destination.root, path) === 'folder';
  if (isFolder && source.kind === 'file' && source.name === '') {
    throw new AppError('invalid', `cannot determine filename for source ${source.word}`);
  }
  const inside = source.kind === 'folder' || isFolder;
  const under = inside ? path : posix.dirname(path);
  const name = source.kind === 'folder' ? '' : isFolder ? source.name : posix.basename(path);
  const archive = archiveOf(source.root, {
    picks: [{ path: source.path, name }],
    owner: keepsOwner ? undefined : owner,
  });
  await unpack(archive, { root: destination.root, under, owner }, signal);
}

/** "file:…", "dir:…" or "multi:…", as Docker's histories tell what was copied. */
async function digestOf(sources: readonly Source[], keepsOwner: boolean): Promise<string> {
  const owner = keepsOwner ? undefined : { uid: 0, gid: 0 };
  const digests: string[] = [];
  for (const { root, path, kind, name } of sources) {
    const digest = await digestIn(root, { picks: [{ path, name }], owner });
    digests.push(`${kind === 'folder' ? 'dir' : 'file'}:${digest}`);
  }
  if (digests.length === 1) return digests[0]!;
  return `multi:${createHash('sha256').update(digests.join(',')).digest('hex')}`;
}

/** `--chown=user[:group]`, names as the image knows them; the group is called as the user unless it is given. */
function ownerOf(root: string, chown: string): Owner {
  const [user = '', group = user] = chown.split(':', 2);
  const refused = 'unable to convert uid/gid chown string to host mapping';
  if (user === '') throw new AppError('invalid', `${refused}: can't find uid for user : no such user: `);
  try {
    return resolveUser(root, `${user}:${group}`);
  } catch (error) {
    throw new AppError('invalid', `${refused}: ${chown}: ${messageOf(error)}`, { cause: error });
  }
}
