import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCpus, parseWhole } from './number.ts';
import { parseSize, parseSwap } from './size.ts';
import { parseDuration, parseMoment } from './time.ts';

test('parseSize() counts in powers of 1024, whatever the spelling of the unit', () => {
  const sizes = ['1', '1b', '2k', '2KB', '2kib', '1.5g', '10 MiB', '1t'].map(parseSize);
  assert.deepEqual(sizes, [1, 1, 2048, 2048, 2048, 1610612736, 10485760, 2 ** 40]);
  for (const bad of ['', 'foo', '1x', '-1', '1 k b', '1.2.3'])
    assert.throws(() => parseSize(bad), { message: `invalid size: '${bad}'` });
  assert.equal(parseSwap('-1'), -1);
});

test('parseCpus() counts in billionths and refuses finer shares', () => {
  assert.deepEqual(['1', '1.5', '.25', '0.000000001'].map(parseCpus), [1e9, 1.5e9, 0.25e9, 1]);
  assert.throws(() => parseCpus('half'), { message: 'failed to parse half as a rational number' });
  assert.throws(() => parseCpus('0.0000000001'), { message: 'value is too precise' });
});

test('parseWhole() refuses fractions and words', () => {
  assert.equal(parseWhole('-5'), -5);
  assert.throws(() => parseWhole('1.5'), { message: 'strconv.ParseInt: parsing "1.5": invalid syntax' });
});

test('parseDuration() reads lengths of time in Go notation', () => {
  assert.deepEqual(
    ['0', '300ms', '1.5s', '1h2m3s', '-1m', '5us'].map(parseDuration),
    [0, 3e8, 1.5e9, 3723e9, -60e9, 5000],
  );
  for (const bad of ['', '5', '1x', 'm', '1m 2s'])
    assert.throws(() => parseDuration(bad), { message: `time: invalid duration "${bad}"` });
});

test('parseMoment() reads seconds, dates with and without zone, and lengths of time back from now', () => {
  const now = new Date('2024-05-06T07:08:09.500Z');
  assert.equal(parseMoment('1700000000.5', now), '1700000000.5');
  assert.equal(parseMoment('2024-01-02T03:04:05.000000007Z', now), '1704164645.000000007');
  assert.equal(parseMoment('2024-01-02T04:04:05+01:00', now), '1704164645.000000000');
  assert.equal(parseMoment('90s', now), `${Math.floor(now.getTime() / 1000) - 90}.500000000`);
  const local = new Date(2024, 0, 2).getTime() / 1000;
  assert.equal(parseMoment('2024-01-02', now), `${local}.000000000`);
  assert.equal(parseMoment('2024-01-02T03', now), `${local + 3 * 3600}.000000000`);
  assert.throws(() => parseMoment('yesterday', now), /failed to parse value as time or duration: "yesterday"/);
});
