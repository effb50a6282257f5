import { AppError } from '../../base/index.ts';
import type { ContainerBackend } from '../backend.ts';
import type { Call } from '../http/call.ts';
import type { Reply } from '../http/client.ts';
import { json, later } from '../http/reply.ts';
import type { Route } from '../http/route.ts';
import { parseDetachKeys } from '../stream/detach-keys.ts';
import { firstOf, jsonLinesChecked } from '../stream/json-lines.ts';
import { logStream } from '../stream/logs.ts';
import { session } from '../stream/session.ts';
import { webSocketSession } from '../stream/web-socket.ts';
import { before } from '../versions/before.ts';

const conditions = ['not-running', 'next-exit', 'removed'] as const;

/** What comes out of a container over time. */
export function containerStreamRoutes(backend: ContainerBackend): readonly Route[] {
  return [
    { method: 'POST', path: '/containers/:id/attach', upgrade: true, handle: (call) => attach(backend, call) },
    {
      method: 'GET',
      path: '/containers/:id/attach/ws',
      upgrade: true,
      handle: (call) => attachBySocket(backend, call),
    },
    { method: 'GET', path: '/containers/:id/logs', handle: (call) => logs(backend, call) },
    { method: 'POST', path: '/containers/:id/wait', handle: (call) => wait(backend, call) },
    { method: 'GET', path: '/containers/:id/stats', handle: (call) => stats(backend, call) },
  ];
}

async function attach(backend: ContainerBackend, call: Call): Promise<Reply> {
  const { query } = call;
  await call.skipBody(); // some clients repeat the query in one
  const detachKeys = query.text('detachKeys');
  const keys = parseDetachKeys(detachKeys);
  const live = await backend.attach(call.param('id'), {
    stdin: query.flag('stdin'),
    stdout: query.flag('stdout'),
    stderr: query.flag('stderr'),
    logs: query.flag('logs'),
    stream: query.flag('stream'),
    detachKeys,
  });
  return session({ tty: live.tty, detachKeys: keys, open: async () => live, onDetachText: '' });
}

/** Before 1.42 it always took all three streams. */
async function attachBySocket(backend: ContainerBackend, call: Call): Promise<Reply> {
  const { query } = call;
  const all = before(call.version, '1.42');
  const detachKeys = query.text('detachKeys');
  const keys = parseDetachKeys(detachKeys);
  const live = await backend.attach(call.param('id'), {
    stdin: all || query.flag('stdin'),
    stdout: all || query.flag('stdout'),
    stderr: all || query.flag('stderr'),
    logs: query.flag('logs'),
    stream: query.flag('stream'),
    detachKeys,
  });
  return webSocketSession(live, keys);
}

async function logs(backend: ContainerBackend, call: Call): Promise<Reply> {
  const { query, signal } = call;
  const stdout = query.flag('stdout');
  const stderr = query.flag('stderr');
  if (!stdout && !stderr) throw new AppError('invalid', 'Bad parameters: you must choose at least one stream');
  const options = {
    stdout,
    stderr,
    follow: query.flag('follow'),
    tail: tailOf(query.text('tail')),
    since: query.nanoseconds('since'),
    until: query.nanoseconds('until'),
  };
  const { tty, details, lines } = await backend.logs(call.param('id'), options, signal);
  const prefix = query.flag('details') ? `${details} ` : '';
  return logStream({ tty, lines, prefix, timestamps: query.flag('timestamps') });
}

/** "all", "-1" and what is no number mean all. */
const tailOf = (text: string): number | undefined => (/^\d{1,15}$/.test(text) ? Number(text) : undefined);

/** Before 1.30 there were no conditions, and the answer came whole at the end. */
function wait(backend: ContainerBackend, call: Call): Reply | Promise<Reply> {
  const old = before(call.version, '1.30');
  const wanted = (!old && call.query.text('condition')) || 'not-running';
  const condition = conditions.find((one) => one === wanted);
  if (!condition) throw new AppError('invalid', `invalid condition: "${wanted}"`);
  const { done, cancel } = backend.wait(call.param('id'), condition);
  if (!old) return later(done, cancel);
  call.signal.addEventListener('abort', cancel, { once: true });
  return done.then((value) => json(200, value));
}

function stats(backend: ContainerBackend, call: Call): Reply {
  const stream = call.query.flag('stream', true);
  const options = { stream, oneShot: call.query.flag('one-shot') && !before(call.version, '1.41') };
  const samples = backend.stats(call.param('id'), options, call.signal);
  return stream ? jsonLinesChecked(samples) : firstOf(samples);
}
