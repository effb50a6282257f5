import { AppError } from '../../base/index.ts';
import { parseUpdate } from '../../contract/index.ts';
import type { ContainerBackend } from '../backend.ts';
import type { Call } from '../http/call.ts';
import type { Reply } from '../http/client.ts';
import { empty, json } from '../http/reply.ts';
import type { Method, Route } from '../http/route.ts';
import { before } from '../versions/before.ts';

/** What is done to one container. */
export function containerVerbRoutes(backend: ContainerBackend): readonly Route[] {
  return [
    verb('start', ({ query }, id) => {
      if (query.text('checkpoint') !== '' || query.text('checkpoint-dir') !== '') {
        throw new AppError('invalid', 'checkpoint is only supported in experimental mode');
      }
      return backend.start(id, query.text('detachKeys'));
    }),
    verb('stop', (call, id) => backend.stop(id, stopOptions(call))),
    verb('restart', (call, id) => backend.restart(id, stopOptions(call))),
    verb('kill', ({ query }, id) => backend.kill(id, query.text('signal') || 'SIGKILL')),
    verb('pause', (_call, id) => backend.pause(id)),
    verb('unpause', (_call, id) => backend.unpause(id)),
    verb('rename', ({ query }, id) => backend.rename(id, query.text('name'))),
    {
      method: 'DELETE',
      path: '/containers/:id',
      handle: async (call) => {
        const { query } = call;
        const options = { force: query.flag('force'), volumes: query.flag('v'), link: query.flag('link') };
        await backend.remove(call.param('id'), options);
        return empty(204);
      },
    },
    {
      method: 'POST',
      path: '/containers/:id/resize',
      handle: async (call) => {
        await backend.resize(call.param('id'), ...terminalSize(call));
        return empty(200);
      },
    },
    {
      method: 'POST',
      path: '/containers/:id/update',
      handle: (call) => update(backend, call),
    },
  ];
}

/** POST /containers/{id}/NAME, answered 204. */
function verb(name: string, act: (call: Call, id: string) => Promise<void>): Route {
  return {
    method: 'POST' satisfies Method,
    path: `/containers/:id/${name}`,
    handle: async (call) => {
      await act(call, call.param('id'));
      return empty(204);
    },
  };
}

async function update(backend: ContainerBackend, call: Call): Promise<Reply> {
  const body = parseUpdate(await call.json());
  const known = before(call.version, '1.40') ? { ...body, PidsLimit: null } : body;
  return json(200, await backend.update(call.param('id'), known));
}

function stopOptions({ query, version }: Call): {
  readonly timeout: number | undefined;
  readonly signal: string | undefined;
} {
  const signal = before(version, '1.42') ? '' : query.text('signal');
  return { timeout: query.whole('t'), signal: signal || undefined };
}

/** Height and width of a terminal, in cells. Throws `invalid` with Docker's texts. */
export function terminalSize({ query }: Call): [height: number, width: number] {
  return [cells('height', query.text('h')), cells('width', query.text('w'))];
}

function cells(what: string, text: string): number {
  const fault = !/^\d+$/.test(text) ? 'invalid syntax' : Number(text) > 65535 ? 'value out of range' : undefined;
  if (fault !== undefined) throw new AppError('invalid', `invalid resize ${what} ${JSON.stringify(text)}: ${fault}`);
  return Number(text);
}
