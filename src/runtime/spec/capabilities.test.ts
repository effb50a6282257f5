import assert from 'node:assert/strict';
import { test } from 'node:test';
import { capabilitiesOf, namesOfMask } from './capabilities.ts';

const own = ['CAP_CHOWN', 'CAP_NET_RAW', 'CAP_SYS_ADMIN'];
const of = (add: readonly string[], drop: readonly string[], privileged = false) =>
  capabilitiesOf({ privileged, add, drop }, own);

test('namesOfMask: a container’s mask as the kernel shows it is Docker’s fourteen', () => {
  assert.deepEqual([...namesOfMask('00000000a80425fb')].sort(), [...of([], [])].sort());
});

for (const { name, got, want } of [
  { name: 'ALL means what the engine has', got: of(['all'], []), want: own },
  { name: 'ALL but one', got: of(['ALL'], ['NET_RAW']), want: ['CAP_CHOWN', 'CAP_SYS_ADMIN'] },
  { name: 'none but one', got: of(['net_admin'], ['ALL']), want: ['CAP_NET_ADMIN'] },
  { name: 'privileged has what the engine has', got: of([], ['CHOWN'], true), want: own },
]) {
  test(`capabilitiesOf: ${name}`, () => assert.deepEqual(got, want));
}

test('capabilitiesOf: one more, one less, with or without the prefix', () => {
  const names = of(['CAP_SYS_ADMIN'], ['net_raw']);
  assert.ok(names.includes('CAP_SYS_ADMIN') && !names.includes('CAP_NET_RAW') && names.length === 14);
});

test('capabilitiesOf: an unknown name is refused', () => {
  assert.throws(() => of(['fly'], []), { kind: 'invalid', message: 'invalid CapAdd: unknown capability: "CAP_FLY"' });
});
