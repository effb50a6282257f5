import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../lab/until.ts';
import { engineForFile, leavesNothing } from './engine.ts';

const bench = engineForFile();
const facts = (name: string): Promise<string> =>
  bench.engine.ok('inspect', '-f', '{{.State.Status}} {{.RestartCount}}', name);
const isBack = (name: string, count: number) => async () => (await facts(name)) === `running ${count}`;

async function crash(name: string): Promise<void> {
  process.kill(Number(await bench.engine.ok('inspect', '-f', '{{.State.Pid}}', name)), 'SIGKILL');
}

test('the count of restarts is told while it waits, and begins anew when a client starts it', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    await engine.ok('run', '-d', '--name', 'fails', '--restart', 'on-failure:1', 'busybox', 'false');
    await until('the last try', async () => (await facts('fails')) === 'exited 1', { everyMs: 100 });
    await engine.ok('start', 'fails');
    await until('the next last try', async () => (await facts('fails')) === 'exited 1', { everyMs: 100 });
    await engine.ok('run', '-d', '--name', 'lives', '--restart', 'always', 'busybox', 'sleep', '1000');
    await crash('lives');
    await until('it is back', isBack('lives', 1), { everyMs: 100 });
    await engine.ok('restart', '-t', '0', 'lives');
    assert.equal(await facts('lives'), 'running 0');
    await engine.ok('rm', '-f', 'lives', 'fails');
  });
});

test('a stop during the waiting ends it, with the events that Docker sends, and whoever waits is told', async () => {
  const { engine } = bench;
  await engine.ok('run', '-d', '--name', 'again', '--restart', 'always', 'busybox', 'sh', '-c', 'exit 7');
  const waits = async () => /^restarting ([4-9]|\d\d)/.test(await facts('again'));
  await until('a long wait', waits, { everyMs: 20 });
  const waiting = await facts('again');
  await engine.ok('start', 'again');
  assert.equal(await facts('again'), waiting, 'a start changes nothing: Docker counts it as running');
  const [, code] = await Promise.all([engine.ok('stop', 'again'), engine.ok('wait', 'again')]);
  assert.equal(code, '7');
  assert.match(await facts('again'), /^exited/);
  const now = String(Math.ceil(Date.now() / 1000));
  const filters = ['--filter', 'container=again', '--filter', 'type=container', '--format', '{{.Action}}'];
  const actions = (await engine.ok('events', '--since', '0', '--until', now, ...filters)).split('\n');
  assert.deepEqual(actions.slice(0, 6), ['create', 'start', 'die', 'start', 'die', 'start']);
  assert.equal(actions.at(-1), 'stop');
  await engine.ok('rm', 'again');
});

test('an engine that starts takes up what always runs, and leaves what was stopped', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    for (const policy of ['always', 'unless-stopped', 'on-failure', 'no']) {
      await engine.ok('run', '-d', '--name', policy, '--restart', policy, 'busybox', 'sleep', '1000');
      await engine.ok('stop', '-t', '0', policy);
    }
    await engine.ok('create', '--name', 'never', '--restart', 'always', 'busybox', 'sleep', '1000');
    await engine.ok('run', '-d', '--name', 'crashed', '--restart', 'unless-stopped', 'busybox', 'sleep', '1000');
    const pid = Number(await engine.ok('inspect', '-f', '{{.State.Pid}}', 'crashed'));
    await engine.kill9();
    process.kill(pid, 'SIGKILL');
    await engine.launch();
    await until('what always runs', isBack('always', 0), { everyMs: 100 });
    await until('what crashed meanwhile', isBack('crashed', 1), { everyMs: 100 });
    const left = await Promise.all(['unless-stopped', 'on-failure', 'no', 'never'].map(facts));
    assert.deepEqual(left, ['exited 0', 'exited 0', 'exited 0', 'created 0']);
    const all = ['always', 'unless-stopped', 'on-failure', 'no', 'never', 'crashed'];
    await engine.ok('rm', '-f', ...all);
  });
});

test('policies that do not exist are refused in the words of Docker', async () => {
  const { engine } = bench;
  const refusal = async (...flags: readonly string[]): Promise<string> =>
    (await engine.docker('create', ...flags, 'busybox')).stderr;
  assert.match(
    await refusal('--restart', 'often'),
    /unknown policy 'often'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'/,
  );
  assert.match(await refusal('--restart', 'always:3'), /maximum retry count can only be used with 'on-failure'/);
  assert.match(
    await refusal('--restart', 'always', '--rm'),
    /conflicting options: cannot specify both --restart and --rm/,
  );
});
