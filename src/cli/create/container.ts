import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { ApiError, type CreateRequest } from '../../client/index.ts';
import type { Context } from '../context.ts';
import type { CreateValues } from './flags.ts';

/** Makes the container and tells its id; warnings go to standard error. An image that is absent is pulled. */
export async function createContainer(context: Context, body: CreateRequest, values: CreateValues): Promise<string> {
  const { cidfile, name, platform } = values;
  checkPull(values.pull);
  if (cidfile !== '' && existsSync(cidfile)) {
    throw new Error(`container ID file found, make sure the other container isn't running or delete ${cidfile}`);
  }
  if (values.pull === 'always') await pullFor(context, body, values);
  const { Id, Warnings } = await createOrPull(context, body, { name, platform }, values);
  for (const warning of Warnings ?? []) await context.err(`WARNING: ${warning}\n`);
  if (cidfile !== '') await writeFile(cidfile, Id);
  return Id;
}

async function createOrPull(
  context: Context,
  body: CreateRequest,
  options: { readonly name: string; readonly platform: string },
  values: CreateValues,
): Promise<{ readonly Id: string; readonly Warnings: readonly string[] | null }> {
  try {
    return await context.client.containers.create(body, options);
  } catch (error) {
    const missing = error instanceof ApiError && error.status === 404 && /No such image/i.test(error.message);
    if (!missing || values.pull === 'never') throw error;
    await context.err(`Unable to find image '${withTag(body.Image ?? '')}' locally\n`);
    await pullFor(context, body, values);
    return context.client.containers.create(body, options);
  }
}

/** Standard output is the container's: what the pull says goes beside it. */
async function pullFor(context: Context, { Image }: CreateRequest, { platform, quiet }: CreateValues): Promise<void> {
  const { pullImage } = await import('../commands/pull.ts');
  await pullImage(context, withTag(Image ?? ''), { all: false, platform, quiet, out: (text) => context.err(text) });
}

const withTag = (image: string): string => (/[:@][^/]*$/.test(image) ? image : `${image}:latest`);

function checkPull(pull: string): void {
  if (!['always', 'missing', 'never', ''].includes(pull)) {
    throw new Error(`invalid pull option: '${pull}': must be one of "always", "missing" or "never"`);
  }
}
