import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import fc from 'fast-check';
import { engineForFile, leavesNothing } from '../e2e/engine.ts';
import { childrenOf } from '../lab/processes.ts';
import { until } from '../lab/until.ts';
import { type Action, actions } from './storm/actions.ts';

const bench = engineForFile();
const seed = Number(process.env['STORM_SEED'] ?? 1 + Math.floor(Math.random() * 1_000_000));
const count = Number(process.env['STORM_ACTIONS'] ?? 1600);
const workers = 8;
/** An answer that takes longer is one that never comes. */
const patienceMs = 20_000;
/** What a client may be told: done, done already, or why not. */
const understood = new Set([200, 201, 204, 304, 400, 403, 404, 409]);
/** What Docker answers with a 500 for, and clients know. */
const docker500s = [/is not connected to (the )?network/];

/** A file and a folder. */
const parcel = execFileSync('tar', ['-cf', '-', '-C', import.meta.dirname, 'storm']);

type Answer = { readonly status: number; readonly text: string };

async function ask({ method, path, body }: Action): Promise<Answer> {
  const headers = { 'Content-Type': body === 'archive' ? 'application/x-tar' : 'application/json' };
  const signal = AbortSignal.timeout(patienceMs);
  const asking = request({ socketPath: bench.engine.socket, method, path, headers, signal });
  asking.end(body === 'archive' ? parcel : body && JSON.stringify(body));
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  return { status: answer.statusCode ?? 0, text: await text(answer) };
}

/** An exec is made and then started, which are two requests with all else in between. */
async function act(action: Action): Promise<string | undefined> {
  try {
    const made = await ask(action);
    const started =
      action.path.endsWith('/exec') && made.status === 201
        ? await ask({ method: 'POST', path: `/exec/${JSON.parse(made.text).Id}/start`, body: { Detach: false } })
        : made;
    const wrong = [made, started].find((answer) => !isUnderstood(answer));
    return wrong && `${wrong.status} ${wrong.text.trim()}`;
  } catch (error) {
    // The head is out when the container goes of which an archive is being sent.
    const isCut = action.method === 'GET' && action.path.includes('/archive') && String(error) === 'Error: aborted';
    return isCut ? undefined : String(error);
  }
}

test(`whatever many clients do to the same few things at once, each is told, and nothing is left (STORM_SEED=${seed})`, async () => {
  const { engine } = bench;
  // Forwarding stays on for what is not there any more.
  await engine.ok('network', 'create', '--ipv6', 'first');
  await engine.ok('network', 'rm', 'first');
  const list = fc.sample(actions, { seed, numRuns: count });
  const wrong: string[] = [];
  await leavesNothing(engine, async () => {
    let next = 0;
    const work = async (): Promise<void> => {
      while (next < list.length && wrong.length < 10) {
        const action = list[next++]!;
        const told = await act(action);
        if (told !== undefined)
          wrong.push(`${action.method} ${action.path} ${JSON.stringify(action.body ?? '')}: ${told}`);
      }
    };
    await Promise.all(Array.from({ length: workers }, work));
    const left = (await engine.ok('ps', '-aq')).split('\n').filter((id) => id !== '');
    if (left.length > 0) await engine.ok('rm', '-f', '-v', ...left);
    await engine.ok('network', 'prune', '-f');
    await engine.ok('volume', 'prune', '-af');
  });
  assert.deepEqual(wrong, []);
  await until('every child that has ended is reaped', () => zombies(engine.pid).length === 0);
});

const isUnderstood = ({ status, text }: Answer): boolean =>
  understood.has(status) || (status === 500 && docker500s.some((known) => known.test(text)));

const zombies = (pid: number): readonly number[] =>
  childrenOf(pid).filter((child) => /^State:\tZ/m.test(readFileSync(`/proc/${child}/status`, 'utf8')));
