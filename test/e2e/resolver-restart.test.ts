import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { must, run } from '../lab/command.ts';
import { until } from '../lab/until.ts';
import { engineForFile, leavesNothing } from './engine.ts';

const folder = mkdtempSync(join(tmpdir(), 'ptl-manager-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const keptFile = join(folder, 'kept');
const bench = engineForFile({
  launcher: resolve(import.meta.dirname, '../lab/service-manager.py'),
  env: { PORTOLAN_LAUNCHER: resolve(import.meta.dirname, '../../bin/portolan'), PORTOLAN_KEPT: keptFile },
});

const kept = (): string[] => readFileSync(keptFile, 'utf8').split('\n').filter(Boolean);
const answers = async (): Promise<boolean> => (await bench.engine.docker('version')).code === 0;

test('what is asked while the engine is away is answered when it is back: the service manager keeps the sockets', async (t) => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    await engine.ok('network', 'create', '--subnet', '10.68.0.0/24', 'kept');
    await engine.ok('run', '-d', '--name', 'web', '--network', 'kept', 'busybox', 'sleep', '1000');
    const id = (await engine.ok('inspect', '-f', '{{.NetworkSettings.SandboxID}}', 'web')).slice(0, 12);
    const netns = `--net=${await engine.ok('inspect', '-f', '{{.NetworkSettings.SandboxKey}}', 'web')}`;
    assert.deepEqual(kept(), [`dns-udp-${id}`, `dns-tcp-${id}`]);
    const dig = async (...args: readonly string[]): Promise<string> =>
      (await must('nsenter', [netns, 'dig', '@127.0.0.11', '+short', ...args])).trim();
    const waiting = async (): Promise<boolean> => {
      const { stdout } = await run('nsenter', [netns, 'ss', '-Hlntu', 'src', '127.0.0.11']);
      return stdout.split('\n').filter((line) => / [1-9]\d* +\d+ +127\.0\.0\.11:/.test(line)).length === 2;
    };

    process.kill(engine.pid, 'SIGUSR1');
    await until('the engine is gone', async () => !(await answers()));
    const began = performance.now();
    const asked = ['+notcp', '+tcp'].map((transport) => dig(transport, '+tries=1', '+time=30', 'web'));
    await until('both questions wait', waiting);
    process.kill(engine.pid, 'SIGUSR2');
    assert.deepEqual(await Promise.all(asked), ['10.68.0.2', '10.68.0.2']);
    t.diagnostic(`answered ${Math.round(performance.now() - began)} ms after they were asked`);
    await until('the engine is back', answers);

    assert.deepEqual(kept(), [`dns-udp-${id}`, `dns-tcp-${id}`], 'nothing twice');
    await engine.ok('rm', '-f', 'web');
    assert.deepEqual(kept(), [], 'nothing of a container that is gone');
    await engine.ok('network', 'rm', 'kept');
  });
});
