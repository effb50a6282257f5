import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { engineForFile, leavesNothing } from '../e2e/engine.ts';
import { must } from '../lab/index.ts';
import { until } from '../lab/until.ts';

const bench = engineForFile();
const rounds = 12;

/** Kills the engine somewhere in the first `withinMs` of `work`, whose commands may fail, and starts it again. */
async function killDuring(withinMs: number, work: () => Promise<unknown>): Promise<void> {
  const { engine } = bench;
  const working = work();
  await sleep(Math.random() * withinMs);
  await engine.kill9();
  await working;
  await engine.launch();
}

test('killed while networks are made, joined, left and removed', async () => {
  const { engine } = bench;
  await engine.ok('network', 'create', 'stays');
  await engine.ok('run', '-d', '--name', 'one', '--network', 'stays', 'busybox', 'sleep', '1000');
  await engine.ok('run', '-d', '--name', 'two', '--network', 'stays', 'busybox', 'sleep', '1000');
  await leavesNothing(engine, async () => {
    for (let round = 0; round < rounds; round++) {
      await killDuring(500, async () => {
        await engine.docker('network', 'create', 'extra');
        await engine.docker('network', 'connect', 'extra', 'one');
        await engine.docker('network', 'disconnect', 'extra', 'one');
        await engine.docker('network', 'rm', 'extra');
      });
      await engine.ok('exec', 'one', 'ping', '-c', '1', '-W', '1', 'two');
      await engine.docker('network', 'disconnect', '-f', 'extra', 'one');
      await engine.docker('network', 'rm', 'extra');
    }
  });
  const links = await engine.ok('exec', 'one', 'ls', '/sys/class/net');
  assert.equal(links.replace(/\s+/g, ' '), 'eth0 lo', 'what was left half joined is gone from the container as well');
  await engine.ok('rm', '-f', 'one', 'two');
  await engine.ok('network', 'rm', 'stays');
});

test('killed while containers are started, executed in and removed', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    for (let round = 0; round < rounds; round++) {
      await engine.docker('run', '-d', '--name', 'goes', '-p', '80', '-v', '/data', 'busybox', 'sleep', '1000');
      await killDuring(300, () =>
        Promise.all([
          engine.docker('run', '--rm', '--name', 'brief', 'busybox', 'true'),
          engine.docker('exec', 'goes', 'sleep', '0.2'),
          sleep(100).then(() => engine.docker('rm', '-f', '-v', 'goes')),
        ]),
      );
      await engine.docker('rm', '-f', '-v', 'goes', 'brief');
      assert.equal(await engine.ok('ps', '-aq'), '');
    }
    await engine.ok('volume', 'prune', '-af');
  });
});

test('killed while a container is made, or removed without its volumes: it is whole or gone, and they are its own or stay', async () => {
  const { engine } = bench;
  const make = ['create', '--name', 'goes', '-v', '/data', '-v', '/more', 'busybox', 'true'];
  await leavesNothing(engine, async () => {
    for (let round = 0; round < rounds / 2; round++) {
      await killDuring(120, () => engine.docker(...make));
      assert.equal(await engine.ok('volume', 'ls', '-q', '--filter', 'dangling=true'), '');
      if ((await engine.ok('ps', '-aq')) === '') await engine.ok(...make);
      await engine.ok('start', '-a', 'goes');
      await killDuring(120, () => engine.docker('rm', 'goes'));
      assert.equal((await engine.ok('volume', 'ls', '-q')).split('\n').length, 2);
      await engine.docker('rm', 'goes');
      await engine.ok('volume', 'prune', '-f');
    }
  });
});

test('killed while an image is loaded: it is there whole or not at all, and can be loaded again', async () => {
  const { engine } = bench;
  const archive = await manyFiles(engine.folder);
  await leavesNothing(engine, async () => {
    for (let round = 0; round < rounds / 2; round++) {
      await killDuring(400, () => engine.docker('load', '-i', archive));
      await engine.ok('load', '-i', archive);
      assert.equal(
        await engine.ok(
          'run',
          '--rm',
          '-v',
          '/bin:/bin:ro',
          '-v',
          '/lib:/lib:ro',
          '-v',
          '/lib64:/lib64:ro',
          'many',
          '/bin/busybox',
          'cat',
          '/d7/f199',
        ),
        '7 199',
      );
      await engine.ok('rmi', 'many');
    }
    await killDuring(20, () => engine.docker('load', '-i', archive));
    await engine.docker('rmi', 'many');
    await trashGone();
  });
});

/** What was removed is gone from all lists at once, and from the disk a little later: much of it, much later. */
const trashGone = (): Promise<void> =>
  until('an empty trash', () => readdirSync(join(bench.engine.dataRoot, 'trash')).length === 0, { withinMs: 120_000 });

/** An archive of an image with a layer that takes a while to unpack. Leaves nothing of it in the engine. */
async function manyFiles(folder: string): Promise<string> {
  const root = join(folder, 'many');
  for (let d = 0; d < 20; d++) {
    mkdirSync(join(root, `d${d}`), { recursive: true });
    for (let f = 0; f < 200; f++) writeFileSync(join(root, `d${d}/f${f}`), `${d} ${f}`);
  }
  const [tree, archive] = [join(folder, 'many.tar'), join(folder, 'many-image.tar')];
  await must('tar', ['-C', root, '-cf', tree, '.']);
  await bench.engine.ok('import', tree, 'many');
  await bench.engine.ok('save', '-o', archive, 'many');
  await bench.engine.ok('rmi', 'many');
  await trashGone();
  return archive;
}
