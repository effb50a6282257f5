import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { VolumeCreate, VolumeRecord } from './record.ts';
import { Volumes } from './volumes.ts';

const named = (name: string): VolumeCreate => ({ name, driver: '', options: {}, labels: {} });

function open(t: TestContext): { readonly volumes: Volumes; readonly folder: string } {
  const dataRoot = mkdtempSync(join(tmpdir(), 'portolan-volumes-'));
  t.after(() => rmSync(dataRoot, { recursive: true }));
  const records = new Map<string, VolumeRecord>();
  const store = {
    all: () => [...records.values()],
    get: (name: string) => records.get(name),
    put: (record: VolumeRecord) => void records.set(record.id, record),
    delete: (name: string) => void records.delete(name),
  };
  return { volumes: new Volumes({ dataRoot, store }), folder: join(dataRoot, 'volumes') };
}

test('a volume that two containers make at once is both of theirs', async (t) => {
  const { volumes } = open(t);
  const made = await Promise.all(['a', 'b'].map((user) => volumes.create(named('shared'), user)));
  assert.deepEqual(
    made.map(({ fresh }) => fresh),
    [true, false],
  );
  assert.deepEqual(volumes.get('shared').users, ['a', 'b']);
});

test('a volume with the longest name goes, and a longer one is refused', async (t) => {
  const { volumes, folder } = open(t);
  const longest = 'v'.repeat(255);
  await volumes.create(named(longest));
  assert.equal(await volumes.remove(longest, false), true);
  assert.deepEqual(readdirSync(folder), []);
  await assert.rejects(volumes.create(named(`${longest}v`)), { kind: 'invalid', message: /at most 255 characters/ });
});

test('a volume that is taken while it is being removed stays, whole', async (t) => {
  const { volumes } = open(t);
  await volumes.create(named('wanted'));
  const removing = volumes.remove('wanted', false);
  await volumes.create(named('wanted'), 'a');
  await assert.rejects(removing, { kind: 'conflict', message: 'remove wanted: volume is in use - [a]' });
  assert.ok(existsSync(volumes.mountpoint('wanted')));
});

test('what goes with its container goes unless another has taken it meanwhile', async (t) => {
  const { volumes, folder } = open(t);
  await volumes.create(named('gone'), 'a');
  await volumes.create(named('kept'), 'a');
  const releasing = volumes.releaseAll('a', ['kept', 'gone']);
  volumes.acquire('kept', 'b');
  assert.deepEqual(await releasing, ['gone']);
  assert.deepEqual(volumes.get('kept').users, ['b']);
  assert.deepEqual(readdirSync(folder), ['kept']);
});
