import { AppError } from '../../base/index.ts';
import { type ExecStartBody, parseExecCreate, parseExecStart } from '../../contract/index.ts';
import type { ExecBackend, StreamSession } from '../backend.ts';
import type { Call } from '../http/call.ts';
import type { Reply } from '../http/client.ts';
import { empty, json } from '../http/reply.ts';
import type { Route } from '../http/route.ts';
import { parseDetachKeys } from '../stream/detach-keys.ts';
import { session } from '../stream/session.ts';
import { before } from '../versions/before.ts';
import { terminalSize } from './container-verbs.ts';

/** Last words of an exec stream whose client used its detach keys. */
const detachText = 'exec attach failed: error on attach stdin: read escape sequence\r\n';

export function execRoutes(backend: ExecBackend): readonly Route[] {
  return [
    {
      method: 'POST',
      path: '/containers/:id/exec',
      handle: async (call) => {
        const body = parseExecCreate(await call.json());
        if (!body.Cmd) throw new AppError('invalid', 'No exec command specified');
        parseDetachKeys(body.DetachKeys, 'escape');
        return json(201, await backend.create(call.param('id'), { ...body, ConsoleSize: consoleSize(call, body) }));
      },
    },
    { method: 'POST', path: '/exec/:id/start', upgrade: true, handle: (call) => start(backend, call) },
    { method: 'GET', path: '/exec/:id/json', handle: async (call) => json(200, backend.inspect(call.param('id'))) },
    {
      method: 'POST',
      path: '/exec/:id/resize',
      handle: async (call) => {
        await backend.resize(call.param('id'), ...terminalSize(call));
        return empty(200);
      },
    },
  ];
}

/** Before 1.42 a terminal got its size by resize alone. */
const consoleSize = (
  { version }: Call,
  { ConsoleSize }: Pick<ExecStartBody, 'ConsoleSize'>,
): ExecStartBody['ConsoleSize'] => (before(version, '1.42') ? null : ConsoleSize);

/** An unknown exec is refused with a status. Later failures are told in the stream, whose head is out by then. */
async function start(backend: ExecBackend, call: Call): Promise<Reply> {
  const id = call.param('id');
  const body = parseExecStart(await call.json());
  const exec = backend.inspect(id);
  const options = { detach: body.Detach, tty: body.Tty, consoleSize: consoleSize(call, body) ?? undefined };
  if (body.Detach) {
    await backend.start(id, options);
    return empty(200);
  }
  const open = async (): Promise<StreamSession> => {
    const live = await backend.start(id, options);
    if (!live) throw new AppError('internal', `exec ${id} started without a stream`);
    return live;
  };
  return session({ tty: body.Tty, detachKeys: parseDetachKeys(exec.DetachKeys), open, onDetachText: detachText });
}
