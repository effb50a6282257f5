import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import dnsPacket from 'dns-packet';
import { askOthers, noAnswer, Responder } from './respond.ts';
import type { SandboxView } from './types.ts';
import { Zones } from './zones.ts';

const view = (more: Partial<SandboxView> = {}): SandboxView => ({
  networks: () => ['n'],
  internalOnly: () => false,
  ...more,
});

function zonesWith(...names: string[]): Zones {
  const zones = new Zones();
  const records = names.map((name, i) => ({ names: [name, 'all'], addresses: [`172.18.0.${i + 2}`] }));
  zones.set('n', () => ({ name: 'net', records }));
  return zones;
}

/** Addresses answered, or what `respond` says instead. */
function ask(responder: Responder, name: string, additionals: readonly object[] = []): string[] | number {
  const query = dnsPacket.encode({
    type: 'query',
    questions: [{ type: 'A', name }],
    additionals: additionals as never,
  });
  const bytes = Buffer.alloc(4096);
  query.copy(bytes);
  const length = responder.respond(bytes, query.length, 'udp');
  if (length <= 0) return length;
  return (dnsPacket.decode(bytes.subarray(0, length)).answers ?? []).map((a) => (a.type === 'A' ? a.data : a.type));
}

describe('Responder', () => {
  test('follows a zone at once, whatever it has answered before', () => {
    const zones = zonesWith('web');
    const responder = new Responder(zones, view());
    assert.deepEqual([ask(responder, 'web'), ask(responder, 'db')], [['172.18.0.2'], askOthers]);
    zones.set('n', () => ({ name: 'net', records: [{ names: ['db'], addresses: ['172.18.0.9'] }] }));
    assert.deepEqual([ask(responder, 'web'), ask(responder, 'db')], [askOthers, ['172.18.0.9']]);
    zones.delete('n');
    assert.equal(ask(responder, 'db'), askOthers);
  });

  test('follows what the asker’s own view says', () => {
    const networks: string[] = [];
    const zones = zonesWith('web');
    const responder = new Responder(zones, view({ networks: () => networks }));
    assert.equal(ask(responder, 'web'), askOthers);
    networks.push('n');
    zones.changed();
    assert.deepEqual(ask(responder, 'web'), ['172.18.0.2']);
  });

  test('reads a zone when somebody asks, and once', () => {
    let read = 0;
    const zones = new Zones();
    zones.set('n', () => ({ name: `net${++read}`, records: [] }));
    assert.equal(read, 0);
    const responder = new Responder(zones, view());
    for (const name of ['a', 'b', 'a.b']) ask(responder, name);
    assert.equal(read, 1);
  });

  test('gives several addresses in changing order', () => {
    const responder = new Responder(zonesWith('a', 'b', 'c'), view());
    const answers = Array.from({ length: 200 }, () => ask(responder, 'all') as string[]);
    assert.equal(new Set(answers.map(([first]) => first)).size, 3);
    for (const answer of answers) assert.equal(new Set(answer).size, 3);
  });

  test('answers ever new names with memory that does not grow', () => {
    const responder = new Responder(zonesWith('web'), view());
    for (let i = 0; i < 5000; i++) assert.equal(ask(responder, `n${i}.example`), askOthers);
    assert.deepEqual(ask(responder, 'web'), ['172.18.0.2']);
  });

  test('says BADVERS to a version of EDNS that there is not', () => {
    const opt = { type: 'OPT', name: '.', udpPayloadSize: 1232, flags: 0, ednsVersion: 1, options: [] };
    const responder = new Responder(zonesWith('web'), view());
    assert.deepEqual(ask(responder, 'web', [opt]), []);
    assert.deepEqual(ask(responder, 'web', [{ ...opt, ednsVersion: 0 }]), ['172.18.0.2']);
  });

  test('is silent to noise', () => {
    const responder = new Responder(zonesWith('web'), view());
    assert.equal(responder.respond(Buffer.alloc(4096), 5, 'udp'), noAnswer);
  });
});
