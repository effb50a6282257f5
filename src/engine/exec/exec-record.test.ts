import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseExecCreate } from '../../contract/index.ts';
import { type ExecRecord, ExecStore } from './exec-record.ts';

const record = (id: string, containerId: string, state: ExecRecord['state']): ExecRecord => ({
  id,
  containerId,
  body: parseExecCreate({ Cmd: ['true'] }),
  state,
  exitCode: null,
  pid: 0,
});

test('ExecStore.ended() keeps the exit code and lets go of the streams', () => {
  const store = new ExecStore();
  const handle = { pid: 7, exit: new Promise<never>(() => {}), attach: assert.fail, resize: async () => {} };
  store.put({ ...record('one', 'c', 'running'), handle });
  store.ended('one', 3);
  const { state, exitCode, handle: left } = store.get('one');
  assert.deepEqual([state, exitCode, left], ['exited', 3, undefined]);
});

test('ExecStore forgets a container’s instances, also one that ends afterwards', () => {
  const store = new ExecStore();
  store.put(record('one', 'goes', 'running'));
  store.put(record('two', 'stays', 'running'));
  store.forgetContainer('goes');
  store.ended('one', 0);
  assert.throws(() => store.get('one'), /No such exec instance: one/);
  assert.equal(store.get('two').id, 'two');
});

test('ExecStore keeps the newest of those that have ended', () => {
  const store = new ExecStore();
  store.put(record('runs', 'c', 'running'));
  for (let n = 0; n < 300; n++) store.put(record(`ended${n}`, 'c', 'exited'));
  assert.equal(store.get('runs').state, 'running');
  assert.throws(() => store.get('ended0'), /No such exec/);
  assert.equal(store.get('ended299').id, 'ended299');
});
