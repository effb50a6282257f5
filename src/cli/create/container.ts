import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { ApiError, type CreateRequest } from '../../client/index.ts';
import type { Context } from '../context.ts';
import type { CreateValues } from './flags.ts';

/** Makes the container and tells its id; warnings go to standard error. */
export async function createContainer(context: Context, body: CreateRequest, values: CreateValues): Promise<string> {
  const { cidfile, name, platform } = values;
  refusePull(values.pull, body.Image ?? '');
  if (cidfile !== '' && existsSync(cidfile)) {
    throw new Error(`container ID file found, make sure the other container isn't running or delete ${cidfile}`);
  }
  const { Id, Warnings } = await createOrExplain(context, body, { name, platform });
  for (const warning of Warnings ?? []) await context.err(`WARNING: ${warning}\n`);
  if (cidfile !== '') await writeFile(cidfile, Id);
  return Id;
}

async function createOrExplain(
  context: Context,
  body: CreateRequest,
  options: { readonly name: string; readonly platform: string },
): Promise<{ readonly Id: string; readonly Warnings: readonly string[] | null }> {
  try {
    return await context.client.containers.create(body, options);
  } catch (error) {
    const missing = error instanceof ApiError && error.status === 404 && /No such image/i.test(error.message);
    if (!missing) throw error;
    await context.err(`Unable to find image '${withTag(body.Image ?? '')}' locally\n`);
    throw new ApiError(
      404,
      `${error.message}. Images are not pulled from registries yet: bring it with 'portolan load' or 'portolan import'`,
    );
  }
}

const withTag = (image: string): string => (/[:@][^/]*$/.test(image) ? image : `${image}:latest`);

function refusePull(pull: string, image: string): void {
  if (pull === 'always') {
    throw new Error(
      `cannot pull ${image}: images are not pulled from registries yet. Leave --pull out to use the one that is here`,
    );
  }
  if (!['missing', 'never', ''].includes(pull)) {
    throw new Error(`invalid pull option: '${pull}': must be one of "always", "missing" or "never"`);
  }
}
