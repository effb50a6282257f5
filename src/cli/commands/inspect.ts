import { ApiError } from '../../client/index.ts';
import type { Context } from '../context.ts';
import { describeFailure } from '../failure.ts';
import { type Command, command } from '../parse/command.ts';
import { text, toggle } from '../parse/flag.ts';
import { documentFlags } from '../parse/list-flags.ts';
import { compile, goJson, TemplateError, unescapeFormat } from '../template/index.ts';

type Lookup = (context: Context, name: string, size: boolean) => Promise<object>;

const lookups: Readonly<Record<string, Lookup>> = {
  container: (context, name, size) => context.client.containers.inspect(name, size),
  image: (context, name) => context.client.images.inspect(name),
  network: (context, name) => context.client.networks.inspect(name),
  volume: (context, name) => context.client.volumes.inspect(name),
};

export const inspect = command({
  usage: '[OPTIONS] NAME|ID [NAME|ID...]',
  summary: 'Return low-level information on Docker objects',
  operands: { least: 1 },
  complete: ['containers'],
  flags: {
    ...documentFlags,
    size: toggle('-s, --size', 'Display total file sizes if the type is container'),
    type: text('--type <string>', 'Only inspect objects of the given type'),
  },
  run(context, names, { format, json, size, type }) {
    if (type !== '' && lookups[type] === undefined) throw new Error(`"${type}" is not a valid value for --type`);
    const find = type === '' ? firstMatch : lookups[type]!;
    return inspectAll(context, names, json ? 'json' : format, (name) => find(context, name, size));
  },
});

/** `container inspect`, `image inspect` and the like: one kind only. */
export const inspectKind = (kind: 'container' | 'image' | 'network' | 'volume', summary: string): Command =>
  command({
    usage: `[OPTIONS] ${kind.toUpperCase()} [${kind.toUpperCase()}...]`,
    summary,
    operands: { least: 1 },
    complete: [`${kind}s`],
    flags: {
      ...documentFlags,
      size: toggle('-s, --size', 'Display total file sizes'),
      verbose: toggle('-v, --verbose', 'Verbose output for diagnostics'),
    },
    run: (context, names, { format, json, size }) =>
      inspectAll(context, names, json ? 'json' : format, (name) => lookups[kind]!(context, name, size)),
  });

export const containerInspect = inspectKind('container', 'Display detailed information on one or more containers');
export const imageInspect = inspectKind('image', 'Display detailed information on one or more images');
export const networkInspect = inspectKind('network', 'Display detailed information on one or more networks');
export const volumeInspect = inspectKind('volume', 'Display detailed information on one or more volumes');

/** Containers come first, then images, networks and volumes, as with docker. */
async function firstMatch(context: Context, name: string, size: boolean): Promise<object> {
  for (const find of Object.values(lookups)) {
    try {
      return await find(context, name, size);
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 404)) throw error;
    }
  }
  throw new Error(`Error: No such object: ${name}`);
}

async function inspectAll(
  context: Context,
  names: readonly string[],
  format: string,
  find: (name: string) => Promise<object>,
): Promise<number> {
  const show = format === '' || format === 'json' ? undefined : compiled(format);
  const found: object[] = [];
  const failures: string[] = [];
  for (const name of names) {
    try {
      found.push(await find(name));
    } catch (error) {
      failures.push(`${describeFailure(error)}\n`);
    }
  }
  if (show !== undefined) await context.out(found.map((one) => `${show(one)}\n`).join('') || '\n');
  else await context.out(format === 'json' ? `${goJson(found)}\n` : `${JSON.stringify(found, null, 4)}\n`);
  await context.err(failures.join(''));
  return failures.length === 0 ? 0 : 1;
}

function compiled(format: string): (data: unknown) => string {
  try {
    return explained(compile(unescapeFormat(format)));
  } catch (error) {
    throw parsingError(error);
  }
}

const explained =
  (show: (data: unknown) => string) =>
  (data: unknown): string => {
    try {
      return show(data);
    } catch (error) {
      throw parsingError(error);
    }
  };

const parsingError = (error: unknown): unknown =>
  error instanceof TemplateError ? new Error(`template parsing error: ${error.message}`) : error;
