import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { test } from 'node:test';
import { signalName, signalNumber, signals } from './signals.ts';

test('signals agree with the numbers that Node was built with', () => {
  for (const [name, number] of Object.entries(constants.signals)) assert.equal(signals[name], number, name);
});

for (const [text, number] of [
  ['SIGTERM', 15],
  ['TERM', 15],
  ['kill', 9],
  ['15', 15],
  ['SIGRTMIN+3', 37],
  ['RTMAX-1', 63],
  ['rtmin', 34],
  ['64', 64],
  ['0', undefined],
  ['65', undefined],
  ['SIGRTMAX+1', undefined],
  ['SIGNOPE', undefined],
  ['', undefined],
  ['toString', undefined],
] as const) {
  test(`signalNumber(${JSON.stringify(text)})`, () => assert.equal(signalNumber(text), number));
}

test('signalName() gives the usual name', () => {
  assert.equal(signalName(15), 'SIGTERM');
  assert.equal(signalName(50), undefined);
});
