import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../../base/index.ts';
import type { Pool } from '../../store/records.ts';
import { AddressPool } from './address-pool.ts';

const pool = (record: Omit<Pool, 'automatic'>): AddressPool =>
  new AddressPool({ ...record, automatic: false }, 'web (1a2b)');
const takeAll = (from: AddressPool): string[] => {
  const all: string[] = [];
  for (;;) {
    try {
      all.push(from.take());
    } catch (error) {
      assert.match(String(error), /no available/);
      return all;
    }
  }
};

test('AddressPool hands out the lowest free address, never network, broadcast, gateway or auxiliary ones', () => {
  const small = pool({ subnet: '10.0.0.0/29', gateway: '10.0.0.1', auxiliary: { router: '10.0.0.3' } });
  assert.deepEqual(takeAll(small), ['10.0.0.2/29', '10.0.0.4/29', '10.0.0.5/29', '10.0.0.6/29']);
  small.release('10.0.0.5/29');
  small.release('10.0.0.2');
  small.release('10.0.0.2');
  assert.deepEqual(takeAll(small), ['10.0.0.2/29', '10.0.0.5/29']);
});

test('AddressPool names the network when nothing is left', () => {
  const full = pool({ subnet: '10.0.0.0/30', gateway: '10.0.0.1' });
  full.take();
  const text = "no available IPv4 addresses on this network's address pools: web (1a2b)";
  assert.throws(() => full.take(), new AppError('internal', text));
});

test('AddressPool uses every address of a /31 and a /32', () => {
  assert.deepEqual(takeAll(pool({ subnet: '10.0.0.0/31' })), ['10.0.0.0/31', '10.0.0.1/31']);
  assert.deepEqual(takeAll(pool({ subnet: '10.0.0.9/32' })), ['10.0.0.9/32']);
});

test('AddressPool gives static addresses from the whole subnet, dynamic ones from the range', () => {
  const ranged = pool({ subnet: '10.0.0.0/16', ipRange: '10.0.5.0/30', gateway: '10.0.5.0' });
  assert.equal(ranged.take('10.0.77.7'), '10.0.77.7/16');
  assert.equal(ranged.take('10.0.5.2'), '10.0.5.2/16');
  assert.deepEqual(takeAll(ranged), ['10.0.5.1/16', '10.0.5.3/16']);
});

test('AddressPool refuses a static address that is used, reserved or foreign', () => {
  const one = pool({ subnet: '10.0.0.0/24', gateway: '10.0.0.1' });
  const used = new AppError('forbidden', 'Address already in use');
  for (const address of ['10.0.0.0', '10.0.0.1', '10.0.0.255']) assert.throws(() => one.take(address), used);
  one.take('10.0.0.7');
  assert.throws(() => one.take('10.0.0.7'), used);
  const foreign = new AppError('invalid', 'no configured subnet contains IP address 10.0.1.7');
  assert.throws(() => one.take('10.0.1.7'), foreign);
});

test('AddressPool starts from the leases that records hold', () => {
  const restored = pool({ subnet: '10.0.0.0/24', gateway: '10.0.0.1' });
  restored.hold('10.0.0.2/24');
  restored.hold('10.0.0.4/24');
  restored.hold('192.0.2.1/24');
  assert.equal(restored.take(), '10.0.0.3/24');
  assert.equal(restored.take(), '10.0.0.5/24');
  assert.deepEqual(restored.count(), { inUse: 7n, available: 249n });
});

test('AddressPool works in an IPv6 /64 and keeps its first address free', () => {
  const wide = pool({ subnet: 'fd00:0:0:1::/64', gateway: 'fd00:0:0:1::1' });
  assert.equal(wide.take(), 'fd00:0:0:1::2/64');
  assert.equal(wide.take('fd00:0:0:1:ffff:ffff:ffff:ffff'), 'fd00::1:ffff:ffff:ffff:ffff/64');
  assert.throws(() => wide.take('fd00:0:0:1::'), /Address already in use/);
});

test('AddressPool takes as long for an address in a full /16 as in an empty one', () => {
  const large = pool({ subnet: '172.18.0.0/16', gateway: '172.18.0.1' });
  for (let i = 0; i < 60_000; i++) large.take();
  // The worst order for a scan from a cursor: a low address comes back before each take.
  const started = performance.now();
  for (let i = 0; i < 2_000; i++) {
    large.release('172.18.0.7');
    assert.equal(large.take(), '172.18.0.7/16');
    large.release(large.take());
  }
  const each = (performance.now() - started) / 6_000;
  assert.ok(each < 0.1, `an operation took ${each} ms; a scan of 60,000 takes over 1 ms`);
});

test('AddressPool hands an address that was somebody’s out last, the one free for longest first', () => {
  const small = pool({ subnet: '10.0.0.0/29', gateway: '10.0.0.1' });
  assert.deepEqual([small.take(), small.take(), small.take()], ['10.0.0.2/29', '10.0.0.3/29', '10.0.0.4/29']);
  small.release('10.0.0.3/29', true);
  small.release('10.0.0.2/29', true);
  assert.deepEqual(takeAll(small), ['10.0.0.5/29', '10.0.0.6/29', '10.0.0.3/29', '10.0.0.2/29']);
});

test('AddressPool offers an address again, unless somebody has it or keeps it', () => {
  const one = pool({ subnet: '10.0.0.0/24', ipRange: '10.0.0.0/28', gateway: '10.0.0.1' });
  one.remember('10.0.0.9/24');
  assert.equal(one.takeFree(['10.0.0.9/24']), '10.0.0.9/24');
  assert.equal(one.takeFree(['10.0.0.9/24', '10.0.0.5/24']), '10.0.0.5/24');
  one.claim('10.0.0.6');
  assert.equal(one.takeFree(['10.0.0.6', 'fd00::6']), '10.0.0.2/24');
  assert.equal(one.takeFree(['10.0.0.77']), '10.0.0.3/24', 'outside of what is handed out unasked');
});

test('AddressPool keeps an address for who will ask for it, and gives it free afterwards', () => {
  const small = pool({ subnet: '10.0.0.0/29', gateway: '10.0.0.1' });
  small.claim('10.0.0.2');
  small.claim('10.0.0.4');
  assert.deepEqual(small.count(), { inUse: 3n, available: 3n });
  assert.deepEqual([small.take(), small.take(), small.take()], ['10.0.0.3/29', '10.0.0.5/29', '10.0.0.6/29']);
  assert.throws(() => small.take(), /web \(1a2b\): 2 kept for containers that are down$/);
  assert.equal(small.take('10.0.0.4'), '10.0.0.4/29');
  small.release('10.0.0.4');
  assert.equal(small.takeFree(), undefined);
  small.unclaim('10.0.0.4');
  assert.equal(small.take(), '10.0.0.4/29');
});

test('AddressPool gives what is forgotten free like an address that was nobody’s', () => {
  const one = pool({ subnet: '10.0.0.0/24', gateway: '10.0.0.1' });
  one.take();
  one.take();
  one.release('10.0.0.2', true);
  one.forget('10.0.0.2');
  one.forget('10.0.0.2');
  assert.deepEqual([one.take(), one.take()], ['10.0.0.2/24', '10.0.0.4/24']);
});

test('AddressPool hands out nothing that another network on the same subnet has', () => {
  const record = { subnet: '10.0.0.0/24', automatic: false };
  const all: AddressPool[] = [];
  const others = (self: AddressPool) => () => all.filter((one) => one !== self);
  const make = (ipRange: string): AddressPool => {
    const made: AddressPool = new AddressPool({ ...record, ipRange, gateway: '10.0.0.1' }, 'web (1a2b)', () =>
      others(made)(),
    );
    all.push(made);
    return made;
  };
  const [a, b] = [make('10.0.0.0/29'), make('10.0.0.0/28')];
  assert.deepEqual([a.take(), b.take(), a.take()], ['10.0.0.2/24', '10.0.0.3/24', '10.0.0.4/24']);
  assert.throws(() => b.take('10.0.0.4'), /Address already in use/);
  a.release('10.0.0.4');
  assert.equal(b.take(), '10.0.0.4/24');
});

test('AddressPool tells what its own addresses are for', () => {
  const one = pool({ subnet: '10.0.0.0/24', gateway: '10.0.0.1', auxiliary: { router: '10.0.0.3' } });
  assert.deepEqual(
    ['10.0.0.1', '10.0.0.3', '10.0.0.255', '10.0.0.4'].map((address) => one.purpose(address)),
    ['the gateway', 'the auxiliary address router', 'the broadcast address', undefined],
  );
});
