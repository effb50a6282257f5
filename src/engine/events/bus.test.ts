import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventMessage } from '../../contract/index.ts';
import { EventBus } from './bus.ts';

const all = { since: undefined, until: undefined, filters: {} };

async function take(events: AsyncIterable<EventMessage>, count: number): Promise<string[]> {
  const actions: string[] = [];
  for await (const { Action } of events) {
    actions.push(Action);
    if (actions.length === count) break;
  }
  return actions;
}

test('EventBus.subscribe() listens from the call on, before anything is read', async () => {
  const bus = new EventBus();
  const events = bus.subscribe(all, new AbortController().signal);
  bus.emit('container', 'create', 'a', { name: 'web' });
  bus.emit('container', 'start', 'a', { name: 'web' });
  assert.deepEqual(await take(events, 2), ['create', 'start']);
});

test('EventBus.subscribe() replays the past and ends at `until`', async () => {
  const bus = new EventBus();
  bus.emit('network', 'create', 'n', { name: 'front' });
  bus.emit('container', 'start', 'a', { name: 'web' });
  const now = Date.now() / 1000;
  const query = { since: now - 60, until: now + 0.01, filters: { type: ['network'] } };
  assert.deepEqual(await take(bus.subscribe(query, new AbortController().signal), 9), ['create']);
});

test('EventBus.subscribe() replays an event of the very millisecond that `since` and `until` name', async (t) => {
  // As a double each of these nanoseconds lies above or below itself.
  for (let ms = 1_700_000_000_000; ms < 1_700_000_000_050; ms++) {
    t.mock.method(Date, 'now', () => ms);
    const bus = new EventBus();
    bus.emit('container', 'start', 'a', {});
    const past = bus.subscribe({ ...all, since: ms / 1000, until: ms / 1000 }, new AbortController().signal);
    assert.deepEqual(await take(past, 9), ['start'], `${ms}`);
    t.mock.restoreAll();
  }
});

test('EventBus.subscribe() ends when its client goes away', async () => {
  const bus = new EventBus();
  const client = new AbortController();
  const reading = take(bus.subscribe(all, client.signal), 1);
  client.abort();
  assert.deepEqual(await reading, []);
});

for (const c of [
  { name: 'label with value', filters: { label: ['tier=web'] }, want: true },
  { name: 'two labels, one absent', filters: { label: ['tier=web', 'other'] }, want: false },
  { name: 'container by name', filters: { container: ['web'] }, want: true },
  { name: 'container by id prefix', filters: { container: ['abc'] }, want: true },
  { name: 'event before its colon', filters: { event: ['exec_create'] }, want: true },
  { name: 'image without tag', filters: { image: ['nginx'] }, want: true },
  { name: 'another type', filters: { type: ['network'] }, want: false },
  { name: 'an unknown key', filters: { colour: ['red'] }, want: true },
] as { name: string; filters: Record<string, string[]>; want: boolean }[]) {
  test(`EventBus filters: ${c.name}`, async () => {
    const bus = new EventBus();
    bus.emit('container', 'exec_create: ls', 'abcdef', { name: 'web', image: 'nginx:1', tier: 'web' });
    const now = Date.now() / 1000;
    const past = bus.subscribe({ since: 0, until: now, filters: c.filters }, new AbortController().signal);
    assert.equal((await take(past, 1)).length === 1, c.want);
  });
}
