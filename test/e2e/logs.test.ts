import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { until } from '../lab/until.ts';
import { engineForFile, leavesNothing } from './engine.ts';

const bench = engineForFile({
  flags: ['--log-driver', 'local', '--log-opt', 'max-size=1m', '--log-opt', 'max-file=2'],
});
const sized = ['--log-driver', 'json-file', '--log-opt', 'max-size=20k', '--log-opt', 'max-file=3'];
/** Ten lines of 100 characters every 20 ms: 50 kB a second, so 20 kB are full after less than half of one. */
const talker =
  'i=0; while [ $i -lt 2000 ]; do i=$((i+1)); printf "%0100d\\n" $i; [ $((i%10)) = 0 ] && sleep 0.02; done';

const numbers = (text: string): number[] => text.trim().split('\n').map(Number);
/** Every number between the first one and the last, once and in order. */
function isWhole(seen: readonly number[], first: number, last: number): void {
  assert.deepEqual(
    seen,
    Array.from({ length: last - first + 1 }, (_, n) => first + n),
  );
}

test('a log of several files loses its oldest lines only; a follower loses none', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    await engine.ok('run', '-d', '--name', 'talks', ...sized, 'busybox', 'sh', '-c', talker);
    const log = await engine.ok('inspect', '-f', '{{.LogPath}}', 'talks');
    const files = async () => (await readdir(dirname(log))).filter((name) => name.includes('.log')).length;
    await until('three files', async () => (await files()) === 3);
    const followed = await engine.docker('logs', '-f', '--tail', '10', 'talks');
    const lines = numbers(followed.stdout);
    isWhole(lines, lines[0]!, 2000);
    const kept = numbers(await engine.ok('logs', 'talks'));
    isWhole(kept, kept[0]!, 2000);
    assert.ok(kept[0]! > 1, 'the oldest lines are gone');
    // A line takes 147 bytes: two full files hold 139 each.
    assert.ok(kept.length >= 2 * 139, `what fits two full files is kept, not ${kept.length} lines`);
    assert.equal(await files(), 3);
    assert.deepEqual(numbers(await engine.ok('logs', '--tail', '300', 'talks')), kept.slice(-300));
    await engine.ok('rm', 'talks');
  });
});

test('an engine that takes a container up goes on putting its log aside and compressing it', async () => {
  const { engine } = bench;
  await engine.ok(
    'run',
    '-d',
    '--name',
    'goes-on',
    ...sized,
    '--log-opt',
    'compress=true',
    'busybox',
    'sh',
    '-c',
    talker,
  );
  await engine.kill9();
  await engine.launch();
  const folder = dirname(await engine.ok('inspect', '-f', '{{.LogPath}}', 'goes-on'));
  await until('a compressed file', async () => (await readdir(folder)).some((name) => /\.log\.\d+\.gz$/.test(name)));
  await engine.ok('wait', 'goes-on');
  const kept = numbers(await engine.ok('logs', 'goes-on'));
  isWhole(kept, kept[0]!, 2000);
  assert.ok(kept[0]! > 1, 'the oldest lines are gone');
  await engine.ok('rm', 'goes-on');
});

test('the engine has a default driver, whose options count for containers that do not say otherwise', async () => {
  const { engine } = bench;
  const logging = async (...flags: readonly string[]): Promise<string> => {
    const id = await engine.ok('create', ...flags, 'busybox');
    const said = await engine.ok('inspect', '-f', '{{json .HostConfig.LogConfig}}', id);
    await engine.ok('rm', id);
    return said;
  };
  assert.equal(await engine.ok('info', '-f', '{{.LoggingDriver}}'), 'local');
  assert.equal(await logging(), '{"Type":"local","Config":{"max-file":"2","max-size":"1m"}}');
  assert.equal(await logging('--log-opt', 'max-file=3'), '{"Type":"local","Config":{"max-file":"3","max-size":"1m"}}');
  assert.equal(await logging('--log-driver', 'json-file'), '{"Type":"json-file","Config":{}}');
});

test('an engine whose default log options do not exist does not start', async () => {
  const { code, stderr } = await bench.host.exec('bin/portolan', [
    'daemon',
    ...['--host', `unix://${bench.engine.folder}/other.sock`, '--pidfile', `${bench.engine.folder}/other.pid`],
    ...['--data-root', `${bench.engine.folder}/other`, '--exec-root', `${bench.engine.folder}/other-run`],
    ...['--log-opt', 'colour=red'],
  ]);
  assert.notEqual(code, 0);
  assert.match(stderr, /unknown log opt 'colour' for json-file log driver/);
});
