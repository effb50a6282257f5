import { AppError } from '../../base/index.ts';
import type { ArchiveBackend, ArchivePlace } from '../backend.ts';
import type { Call } from '../http/call.ts';
import { archive, empty } from '../http/reply.ts';
import type { Route } from '../http/route.ts';

const path = '/containers/:id/archive';

/** A container's files, as `docker cp` moves them. */
export function archiveRoutes(backend: ArchiveBackend): readonly Route[] {
  return [
    {
      method: 'HEAD',
      path,
      handle: async (call) => empty(200, statHeader(await backend.stat(placeOf(call)))),
    },
    {
      method: 'GET',
      path,
      handle: async (call) => {
        const found = await backend.read(placeOf(call));
        return archive(found.archive, statHeader(found.stat));
      },
    },
    {
      method: 'PUT',
      path,
      handle: async (call) => {
        const options = {
          keepKinds: call.query.flag('noOverwriteDirNonDir'),
          copyOwner: call.query.flag('copyUIDGID'),
        };
        await backend.write(placeOf(call), call.stream, options);
        return empty(200);
      },
    },
  ];
}

function placeOf(call: Call): ArchivePlace {
  const path = call.query.text('path');
  if (path === '') throw new AppError('invalid', 'bad parameter: path cannot be empty');
  return { ref: call.param('id'), path, signal: call.signal };
}

const statHeader = (stat: object): { readonly 'X-Docker-Container-Path-Stat': string } => ({
  'X-Docker-Container-Path-Stat': Buffer.from(JSON.stringify(stat)).toString('base64'),
});
