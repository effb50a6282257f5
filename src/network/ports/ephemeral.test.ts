import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EphemeralPorts } from './ephemeral.ts';

const first = (ports: EphemeralPorts, count: number): number[] => {
  const out: number[] = [];
  for (const port of ports.candidates()) {
    out.push(port);
    if (out.length === count) break;
  }
  return out;
};

test('EphemeralPorts goes round the range once, and goes on where it stopped', () => {
  const ports = new EphemeralPorts('40000\t40004\n', '\n');
  assert.deepEqual(first(ports, 2), [40000, 40001]);
  assert.deepEqual(first(ports, 9), [40002, 40003, 40004, 40000, 40001]);
});

test('EphemeralPorts leaves out reserved ports', () => {
  assert.deepEqual(first(new EphemeralPorts('40000 40004', '40000,40002-40003\n'), 9), [40001, 40004]);
});

test('EphemeralPorts never goes below 32768', () => {
  assert.deepEqual(first(new EphemeralPorts('1024 65535', ''), 1), [32768]);
  assert.deepEqual(first(new EphemeralPorts('1024 2048', ''), 1), [49153]);
  assert.deepEqual(first(new EphemeralPorts('', ''), 1), [49153]);
});
