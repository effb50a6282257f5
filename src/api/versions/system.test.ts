import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventMessage, SystemInfo } from '../../contract/index.ts';
import { infoOf, knownEvents, usageOf } from './system.ts';

const commits = { ContainerdCommit: { ID: '' }, RuncCommit: { ID: 'r1' }, InitCommit: { ID: '' } };
const info = {
  ...commits,
  RegistryConfig: { Mirrors: null },
  FirewallBackend: { Driver: 'nftables' },
} as unknown as SystemInfo;

test('infoOf() gives older clients the fields they knew', () => {
  assert.deepEqual(infoOf(info, '1.50'), info);
  const fields = (version: string) => {
    const { RuncCommit, RegistryConfig, FirewallBackend } = infoOf(info, version) as Record<string, object>;
    return { FirewallBackend, RuncCommit, registry: Object.keys(RegistryConfig!) };
  };
  assert.deepEqual(fields('1.49').FirewallBackend, { Driver: 'nftables' });
  assert.equal(fields('1.48').FirewallBackend, undefined);
  assert.deepEqual(fields('1.48').RuncCommit, { ID: 'r1', Expected: 'r1' });
  assert.equal(fields('1.48').registry.length, 1);
  assert.equal(fields('1.46').registry.length, 3);
});

test('usageOf() leaves out the kinds that are not asked for', () => {
  const usage = { LayersSize: 7, Images: [1], Containers: [2], Volumes: [3], BuildCache: [4] };
  assert.deepEqual(usageOf(usage, [], '1.50'), usage);
  assert.deepEqual(usageOf(usage, ['volume'], '1.41'), usage);
  const some = { LayersSize: 7, Images: [1], Containers: null, Volumes: [3], BuildCache: null };
  assert.deepEqual(usageOf(usage, ['volume', 'image'], '1.42'), some);
  assert.throws(() => usageOf(usage, ['odd'], '1.42'), { kind: 'invalid', message: 'unknown object type: odd' });
});

test('knownEvents() tells of created images from 1.46 on', async () => {
  const event = (Type: string): EventMessage => ({ Type, Action: 'create' }) as EventMessage;
  async function* events() {
    yield* [event('image'), event('volume')];
  }
  const kinds = async (version: string) =>
    (await Array.fromAsync(knownEvents(events(), version))).map(({ Type }) => Type);
  assert.deepEqual(await kinds('1.46'), ['image', 'volume']);
  assert.deepEqual(await kinds('1.45'), ['volume']);
});
