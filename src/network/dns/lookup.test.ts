import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { lookup } from './lookup.ts';
import type { SandboxView } from './types.ts';
import { Zones } from './zones.ts';

const A = 1;
const PTR = 12;
const MX = 15;
const AAAA = 28;
const SRV = 33;
const ANY = 255;

const zones = new Zones();
zones.set('n1', () => ({
  name: 'Front',
  records: [
    {
      names: ['Web', 'www', '0123456789ab'],
      addresses: ['172.18.0.2', 'fd00::2'],
      services: [{ protocol: 'tcp', port: 80 }],
    },
    { names: ['db', 'www'], addresses: ['172.18.0.3'] },
    { names: ['a.b'], addresses: ['172.18.0.4'] },
  ],
}));
zones.set('n2', () => ({
  name: 'back',
  records: [{ names: ['secret', 'web'], addresses: ['172.19.0.2', 'fd01::2'] }],
}));
zones.set('n3', () => ({ name: 'b.back', records: [{ names: ['a'], addresses: ['172.20.0.2'] }] }));

const view = (networks: readonly string[], aliases = new Map<string, string>()): SandboxView => ({
  networks: () => networks,
  internalOnly: () => false,
  aliases: () => aliases,
});

/** Addresses as text, sorted; undefined when the name is not ours. */
function resolve(name: string, type = A, asker = view(['n1'])): string[] | undefined {
  const found = lookup(zones, asker, { name, type, class: 1 });
  return found?.map(({ data }) => (data.length === 4 ? data.join('.') : Buffer.from(data).toString('hex'))).sort();
}

describe('lookup()', () => {
  test('finds container names, aliases and short ids', () => {
    for (const name of ['web', '0123456789ab', 'web.front']) assert.deepEqual(resolve(name), ['172.18.0.2'], name);
  });

  test('answers an alias of several containers with all of them', () => {
    assert.deepEqual(resolve('www'), ['172.18.0.2', '172.18.0.3']);
  });

  test('has no answer, and passes nothing on, for a family or type that a known name lacks', () => {
    assert.deepEqual([resolve('db', AAAA), resolve('db', MX), resolve('db', ANY)], [[], [], ['172.18.0.3']]);
  });

  test('shows each asker only the networks it is on', () => {
    assert.equal(resolve('secret'), undefined);
    assert.equal(resolve('secret.back'), undefined);
    assert.deepEqual(resolve('secret', A, view(['n2'])), ['172.19.0.2']);
    assert.equal(resolve('web', A, view([])), undefined);
  });

  test('takes the first of the asker’s networks that has the family', () => {
    assert.deepEqual(resolve('web', A, view(['n2', 'n1'])), ['172.19.0.2']);
    assert.deepEqual(resolve('web.front', A, view(['n2', 'n1'])), ['172.18.0.2']);
  });

  test('tries the longest name first where names and networks have dots', () => {
    assert.deepEqual(resolve('a.b', A, view(['n1', 'n3'])), ['172.18.0.4']);
    assert.deepEqual(resolve('a.b.back', A, view(['n3'])), ['172.20.0.2']);
  });

  test('names the address asked in reverse, with its network', () => {
    const name = (reverse: string): string | undefined => {
      const query = { name: reverse, type: PTR, class: 1 };
      const [answer] = lookup(zones, view(['n1']), query) ?? [];
      return answer && Buffer.from(answer.data).toString('latin1');
    };
    assert.equal(name('2.0.18.172.in-addr.arpa'), '\x03Web\x05Front\x00');
    assert.equal(name(`${'2'}${'.0'.repeat(27)}.0.0.d.f.ip6.arpa`), '\x03Web\x05Front\x00');
    assert.equal(name('2.0.19.172.in-addr.arpa'), undefined);
  });

  test('follows links that only the asker has', () => {
    const asker = view(['n1'], new Map([['database', 'db']]));
    assert.deepEqual(resolve('database', A, asker), ['172.18.0.3']);
    assert.equal(resolve('database'), undefined);
  });

  test('puts a link before a name, also with the network behind it', () => {
    const asker = view(['n1'], new Map([['web', 'db']]));
    assert.deepEqual([resolve('web', A, asker), resolve('web.front', A, asker)], [['172.18.0.3'], ['172.18.0.3']]);
    assert.deepEqual(resolve('web'), ['172.18.0.2']);
  });

  test('says where a port is served', () => {
    const served = (name: string): string[] | undefined =>
      lookup(zones, view(['n1']), { name, type: SRV, class: 1 })?.map(({ type, data }) => {
        assert.equal(type, SRV);
        return Buffer.from(data).toString('latin1');
      });
    const target = '\x03Web\x05Front\x00';
    assert.deepEqual(served('_80._tcp.web'), [`\0\0\0\0\0\x50${target}`]);
    assert.deepEqual(served('_80._tcp.www.front'), [`\0\0\0\0\0\x50${target}`]);
    assert.deepEqual([served('_80._udp.web'), served('_81._tcp.web'), served('_80._tcp.db')], [[], [], []]);
    assert.equal(served('_80._tcp.nobody'), undefined);
    assert.deepEqual(resolve('_80._tcp.web', A), []);
  });

  test('keeps names of one label here for who chose ndots', () => {
    const asker = { ...view(['n1']), passesSingleLabels: () => false };
    assert.deepEqual([resolve('nobody', A, asker), resolve('nobody', AAAA, asker)], [[], []]);
    for (const name of ['nobody.example', '']) assert.equal(resolve(name, A, asker), undefined, name);
    assert.equal(resolve('nobody', MX, asker), undefined);
    assert.deepEqual(resolve('web', A, asker), ['172.18.0.2']);
  });

  test('leaves other classes to others', () => {
    const query = { name: 'web', type: A, class: 3 };
    assert.equal(lookup(zones, view(['n1']), query), undefined);
  });
});

describe('Zones', () => {
  test('set() replaces a zone, delete() forgets it', () => {
    const own = new Zones();
    own.set('n', () => ({ name: 'n', records: [{ names: ['old'], addresses: ['172.18.0.2'] }] }));
    assert.equal(own.byName('old', ['n']).length, 1);
    own.set('n', () => ({ name: 'n', records: [{ names: ['new'], addresses: ['172.18.0.2'] }] }));
    assert.deepEqual([own.byName('old', ['n']).length, own.byName('new', ['n']).length], [0, 1]);
    own.delete('n');
    assert.equal(own.byName('new', ['n']).length, 0);
  });
});
