import { AppError } from '../../base/index.ts';
import type { ImageBackend } from '../backend.ts';
import type { Call } from '../http/call.ts';
import type { Reply } from '../http/client.ts';
import { archive, empty, json } from '../http/reply.ts';
import type { Route } from '../http/route.ts';
import { progressLines, progressLinesAlways } from '../stream/json-lines.ts';
import { imageFilters, inspectOf, summaryOf } from '../versions/image.ts';
import { credentialsOf } from './registries.ts';

export function imageRoutes(backend: ImageBackend): readonly Route[] {
  return [
    { method: 'GET', path: '/images/json', handle: (call) => list(backend, call) },
    { method: 'POST', path: '/images/create', handle: (call) => create(backend, call) },
    {
      method: 'POST',
      path: '/images/load',
      handle: ({ query, stream }) => progressLinesAlways(backend.load(stream, { quiet: query.flag('quiet') })),
    },
    {
      method: 'POST',
      path: '/images/prune',
      since: '1.25',
      handle: async ({ query }) => json(200, await backend.prune(query.filters())),
    },
    {
      method: 'GET',
      path: '/images/get',
      handle: async ({ query }) => archive(await backend.save(query.texts('names'))),
    },
    ...oneImageRoutes(backend),
  ];
}

/** The name may hold slashes. */
function oneImageRoutes(backend: ImageBackend): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/images/:name/json',
      handle: async (call) => json(200, inspectOf(await backend.inspect(call.param('name')), call.version)),
    },
    {
      method: 'GET',
      path: '/images/:name/history',
      handle: async (call) => json(200, await backend.history(call.param('name'))),
    },
    {
      method: 'GET',
      path: '/images/:name/get',
      handle: async (call) => archive(await backend.save([call.param('name')])),
    },
    {
      method: 'POST',
      path: '/images/:name/tag',
      handle: async (call) => {
        await backend.tag(call.param('name'), call.query.text('repo'), call.query.text('tag'));
        return empty(201);
      },
    },
    {
      method: 'DELETE',
      path: '/images/:name',
      handle: async (call) => {
        const options = { force: call.query.flag('force'), prune: !call.query.flag('noprune') };
        return json(200, await backend.remove(call.param('name'), options));
      },
    },
  ];
}

async function list(backend: ImageBackend, { query, version }: Call): Promise<Reply> {
  const options = {
    all: query.flag('all'),
    filters: imageFilters(query.filters(), query.text('filter'), version),
    digests: query.flag('digests'),
    sharedSize: query.flag('shared-size'),
  };
  return json(
    200,
    (await backend.list(options)).map((image) => summaryOf(image, version)),
  );
}

/** A pull when `fromImage` is given, else an import of the body. */
function create(backend: ImageBackend, call: Call): Reply {
  const { query, stream } = call;
  const image = query.text('fromImage');
  if (image !== '') {
    const options = { tag: query.text('tag'), platform: query.text('platform'), credentials: credentialsOf(call) };
    return progressLines(backend.pull(image, options, call.signal));
  }
  const source = query.text('fromSrc');
  if (source === '') throw new AppError('invalid', 'invalid request: want fromImage or fromSrc');
  const options = {
    repo: query.text('repo'),
    tag: query.text('tag'),
    message: query.text('message') || `Imported from ${source}`,
    changes: query.texts('changes'),
  };
  if (source !== '-') return progressLines(backend.importFrom(source, options, call.signal));
  return progressLines(backend.import(stream, options));
}
