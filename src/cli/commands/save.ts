import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { command } from '../parse/command.ts';
import { text } from '../parse/flag.ts';

export const save = command({
  usage: '[OPTIONS] IMAGE [IMAGE...]',
  summary: 'Save one or more images to a tar archive (streamed to STDOUT by default)',
  operands: { least: 1 },
  complete: ['images'],
  flags: { output: text('-o, --output <string>', 'Write to a file, instead of STDOUT') },
  async run(context, names, { output }) {
    const { stdout } = context.stdio;
    if (output === '' && stdout.isTTY === true) {
      throw new Error('cowardly refusing to save to a terminal. Use the -o flag or redirect');
    }
    const archive = await context.client.images.save(names);
    if (output === '') await pipeline(archive, stdout, { end: false });
    else await writeWhole(output, (part) => pipeline(archive, createWriteStream(part)));
    return 0;
  },
});

/** The file appears under its name only when all of it is there. */
async function writeWhole(path: string, body: (part: string) => Promise<void>): Promise<void> {
  const part = `${path}.part-${process.pid}`;
  try {
    await body(part);
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}
