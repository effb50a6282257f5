import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { engineForFile, leavesNothing } from '../e2e/engine.ts';
import { zombiesOf } from '../lab/processes.ts';
import { until } from '../lab/until.ts';
import { type Action, actions } from './storm/actions.ts';

const bench = engineForFile();
const seed = Number(process.env['STORM_SEED'] ?? 20_261_127);
const count = Number(process.env['STORM_ACTIONS'] ?? 1600);
const workers = 8;
const kills = 5;
/** Of mistakes to show. */
const enough = 10;
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

/** All of the actions, by so many at once. Answers what was told wrongly, up to a few. */
async function storm(list: readonly Action[], isExcused = (_told: string) => false): Promise<readonly string[]> {
  const wrong: string[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < list.length && wrong.length < enough) {
      const action = list[next++]!;
      const told = await act(action);
      if (told === undefined || isExcused(told)) continue;
      wrong.push(`${action.method} ${action.path} ${JSON.stringify(action.body ?? '')}: ${told}`);
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  return wrong;
}

async function clear(): Promise<void> {
  const { engine } = bench;
  const left = (await engine.ok('ps', '-aq')).split('\n').filter((id) => id !== '');
  if (left.length > 0) await engine.ok('rm', '-f', '-v', ...left);
  await engine.ok('network', 'prune', '-f');
  await engine.ok('volume', 'prune', '-af');
}

test('forwarding of IPv6 stays on from the first network that has it', async () => {
  await bench.engine.ok('network', 'create', '--ipv6', 'first');
  await bench.engine.ok('network', 'rm', 'first');
});

test(`whatever many clients do to the same few things at once, each is told, and nothing is left (STORM_SEED=${seed})`, async () => {
  const { engine } = bench;
  const list = fc.sample(actions, { seed, numRuns: count });
  await leavesNothing(engine, async () => {
    assert.deepEqual(await storm(list), []);
    await clear();
  });
  await until('every child that has ended is reaped', () => zombiesOf(engine.pid).length === 0);
});

test(`an engine that is killed in the middle of it, again and again, leaves nothing either (STORM_SEED=${seed})`, async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    for (let round = 0; round < kills; round++) {
      const list = fc.sample(actions, { seed: seed + 1 + round, numRuns: count / 4 });
      const raging = storm(list, (told) => /ECONN|ENOENT|socket hang up|aborted/.test(told));
      await sleep(200 + ((seed + round * 377) % 1000));
      await engine.kill9();
      assert.deepEqual(await raging, []);
      await engine.launch();
    }
    await clear();
  });
});

const isUnderstood = ({ status, text }: Answer): boolean =>
  understood.has(status) || (status === 500 && docker500s.some((known) => known.test(text)));
