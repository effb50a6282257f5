import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { engineForFile, leavesNothing } from './engine.ts';

const bench = engineForFile();
const docker = (...args: readonly string[]): Promise<string> => bench.engine.ok(...args);
const volumes = async (): Promise<readonly string[]> =>
  (await docker('volume', 'ls', '-q')).split('\n').filter((name) => name !== '');

/** A container's record as an engine leaves it that was killed in the middle of something. */
async function interrupted(container: string, changes: Readonly<Record<string, unknown>>): Promise<void> {
  const id = await docker('inspect', '-f', '{{.Id}}', container);
  await bench.engine.stop();
  const db = new DatabaseSync(join(bench.engine.dataRoot, 'portolan.db'));
  const change = db.prepare('UPDATE container SET doc = json_set(doc, ?, json(?)) WHERE id = ?');
  for (const [path, value] of Object.entries(changes)) {
    assert.equal(change.run(path, JSON.stringify(value), id).changes, 1);
  }
  db.close();
  await bench.engine.launch();
}

test('a removal that the next engine ends takes the anonymous volumes only if that was asked for', async () => {
  await leavesNothing(bench.engine, async () => {
    await docker('create', '--name', 'keeps', '-v', '/data', 'busybox');
    const [kept] = await volumes();
    await interrupted('keeps', { '$.state.status': 'removing', '$.removesVolumes': false });
    assert.equal(await docker('ps', '-aq'), '');
    assert.deepEqual(await volumes(), [kept]);
    await docker('create', '--name', 'takes', '-v', '/data', 'busybox');
    assert.equal((await volumes()).length, 2);
    await interrupted('takes', { '$.state.status': 'removing', '$.removesVolumes': true });
    assert.deepEqual(await volumes(), [kept]);
    await docker('create', '--name', 'untold', '-v', '/data', 'busybox');
    await interrupted('untold', { '$.state.status': 'removing' });
    assert.equal((await volumes()).length, 2);
    await docker('volume', 'prune', '-f');
  });
});

test('a container that was not made to the end is gone with what was made for it', async () => {
  await leavesNothing(bench.engine, async () => {
    const named = await docker('volume', 'create');
    await docker('create', '--name', 'half', '-v', '/data', '-v', `${named}:/named`, 'busybox');
    await interrupted('half', { '$.unfinished': true });
    assert.equal(await docker('ps', '-aq'), '');
    assert.deepEqual(await volumes(), [named]);
    await docker('volume', 'rm', named);
  });
});

test('the removal of a volume that a kill cuts short is ended by the next engine', async () => {
  await leavesNothing(bench.engine, async () => {
    await docker('volume', 'create', 'half');
    const folder = join(bench.engine.dataRoot, 'volumes');
    await bench.engine.stop();
    mkdirSync(join(folder, '.1'));
    renameSync(join(folder, 'half'), join(folder, '.1', 'half'));
    await bench.engine.launch();
    assert.deepEqual(await volumes(), []);
    assert.deepEqual(readdirSync(folder), []);
  });
});

test('an anonymous volume that a container has by its name stays when that goes', async () => {
  await leavesNothing(bench.engine, async () => {
    await docker('create', '--name', 'first', '-v', '/data', 'busybox');
    const [name] = await volumes();
    await docker('rm', 'first');
    await docker('run', '--rm', '-v', `${name}:/data`, 'busybox', 'touch', '/data/kept');
    assert.equal(await docker('run', '--rm', '-v', `${name}:/data`, 'busybox', 'ls', '/data'), 'kept');
    await docker('create', '--name', 'second', '-v', `${name}:/data`, 'busybox');
    await docker('rm', '-v', 'second');
    assert.deepEqual(await volumes(), [name]);
    await docker('volume', 'rm', name!);
  });
});

test('--volumes-from shares anonymous volumes, which go with the last who has them', async () => {
  await leavesNothing(bench.engine, async () => {
    await docker('create', '--name', 'first', '-v', '/data', 'busybox');
    await docker('create', '--name', 'second', '--volumes-from', 'first', 'busybox');
    await docker('rm', '-v', 'first');
    assert.equal((await volumes()).length, 1);
    await docker('rm', '-v', 'second');
    assert.deepEqual(await volumes(), []);
  });
});
