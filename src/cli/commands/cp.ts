import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Context } from '../context.ts';
import { containerEnd, fetchFrom } from '../copy/container.ts';
import { hostSource, packHost, unpackOnHost } from '../copy/host.ts';
import { placeIn, splitPlace } from '../copy/place.ts';
import { command } from '../parse/command.ts';
import { toggle } from '../parse/flag.ts';
import { decimalSize } from '../print/human.ts';

type Options = { readonly archive: boolean; readonly followLink: boolean; readonly quiet: boolean };

export const cp = command({
  usage: '[OPTIONS] CONTAINER:SRC_PATH DEST_PATH|- | [OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH',
  summary: 'Copy files/folders between a container and the local filesystem',
  operands: { least: 2, most: 2 },
  complete: ['containers', 'files'],
  flags: {
    archive: toggle('-a, --archive', 'Archive mode (copy all uid/gid information)'),
    followLink: toggle('-L, --follow-link', 'Always follow symbol link in SRC_PATH'),
    quiet: toggle('-q, --quiet', 'Suppress progress output during copy'),
  },
  async run(context, [source = '', destination = ''], options) {
    const from = splitPlace(source);
    const to = splitPlace(destination);
    if (from.container !== '' && to.container !== '') {
      throw new Error('copying between containers is not supported');
    }
    if (from.container !== '') return copyOut(context, from.container, from.path, to.path, options);
    if (to.container !== '') return copyIn(context, from.path, to.container, to.path, options);
    throw new Error('must specify at least one container source');
  },
});

async function copyOut(
  context: Context,
  container: string,
  path: string,
  to: string,
  { followLink, quiet }: Options,
): Promise<number> {
  const { archive, from, source } = await fetchFrom(context.client, container, path, followLink);
  if (to === '-') {
    await pipeline(archive, context.stdio.stdout, { end: false });
    return 0;
  }
  const counted = new Counted();
  try {
    await unpackOnHost(archive.pipe(counted), from, source, to);
  } finally {
    archive.destroy();
  }
  if (!quiet) await context.err(`Successfully copied ${decimalSize(counted.bytes, 3)} to ${to}\n`);
  return 0;
}

async function copyIn(
  context: Context,
  from: string,
  container: string,
  path: string,
  { archive: copyOwner, followLink, quiet }: Options,
): Promise<number> {
  const end = await containerEnd(context.client, container, path);
  const { folder, archive } = await sent(context, from, container, end, followLink);
  const counted = new Counted();
  let unread: Error | undefined;
  archive.on('error', (error) => {
    unread = error;
    counted.destroy(error);
  });
  try {
    await context.client.archives.write(container, folder, archive.pipe(counted), { copyOwner });
  } catch (error) {
    throw unread ?? error;
  } finally {
    archive.destroy();
  }
  if (!quiet) await context.err(`Successfully copied ${decimalSize(counted.bytes, 3)} to ${container}:${path}\n`);
  return 0;
}

async function sent(
  { stdio }: Context,
  from: string,
  container: string,
  end: Awaited<ReturnType<typeof containerEnd>>,
  followLink: boolean,
): Promise<{ readonly folder: string; readonly archive: Readable }> {
  if (from === '-') {
    if (!end.isFolder) throw new Error(`destination "${container}:${end.path}" must be a directory`);
    return { folder: end.path, archive: stdio.stdin as Readable };
  }
  const source = await hostSource(from, followLink);
  const { folder, name } = placeIn(source, end);
  return { folder, archive: packHost(source, name) };
}

/** Bytes that went through. */
class Counted extends Transform {
  bytes = 0;
  override _transform(chunk: Buffer, _encoding: string, done: (error: null, chunk: Buffer) => void): void {
    this.bytes += chunk.length;
    done(null, chunk);
  }
}
