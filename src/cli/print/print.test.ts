import assert from 'node:assert/strict';
import { test } from 'node:test';
import { binarySize, decimalSize, ellipsis, humanDuration } from './human.ts';
import { formatListing, type Listing } from './listing.ts';
import { formatPorts } from './ports.ts';
import { table } from './table.ts';

test('table() makes columns as wide as their longest cell plus three, and at least ten', () => {
  const text = table([
    ['ID', 'NAME', 'LAST'],
    ['1', 'a long name', 'x'],
  ]);
  assert.equal(text, 'ID        NAME          LAST\n1         a long name   x\n');
  assert.equal(table([]), '');
});

test('decimalSize() and binarySize() keep as many digits as docker', () => {
  assert.deepEqual(
    [0, 999, 1000, 1984000, 5.5e9].map((size) => decimalSize(size)),
    ['0B', '999B', '1kB', '1.984MB', '5.5GB'],
  );
  assert.equal(decimalSize(1984000, 3), '1.98MB');
  assert.deepEqual([512, 593920, 25276145664].map(binarySize), ['512B', '580KiB', '23.54GiB']);
});

test('humanDuration() speaks as docker does', () => {
  const minute = 60;
  const hour = 60 * minute;
  const day = 24 * hour;
  const spoken = [0.4, 1, 59, minute, 90 * minute - 1, 2 * hour, 47 * hour, 3 * day, 15 * day, 70 * day, 800 * day].map(
    (s) => humanDuration(s * 1000),
  );
  assert.deepEqual(spoken, [
    'Less than a second',
    '1 second',
    '59 seconds',
    'About a minute',
    'About an hour',
    '2 hours',
    '47 hours',
    '3 days',
    '2 weeks',
    '2 months',
    '2 years',
  ]);
});

test('ellipsis() cuts by characters, not by bytes', () => {
  assert.equal(ellipsis('äöü', 3), 'äöü');
  assert.equal(ellipsis('abcdef', 4), 'abc…');
});

test('formatPorts() joins neighbours and puts translated ports last', () => {
  const port = (IP: string | undefined, PublicPort: number | undefined, PrivatePort: number, Type = 'tcp') => ({
    PrivatePort,
    Type,
    ...(IP === undefined ? {} : { IP }),
    ...(PublicPort === undefined ? {} : { PublicPort }),
  });
  const ports = [
    port(undefined, undefined, 90),
    port('::', 8001, 81),
    port('::', 8000, 80),
    port('0.0.0.0', 8000, 80),
    port('0.0.0.0', 8001, 81),
    port('0.0.0.0', 9000, 82),
    port('0.0.0.0', 53, 53, 'udp'),
  ];
  assert.equal(
    formatPorts(ports),
    '0.0.0.0:53->53/udp, 90/tcp, 0.0.0.0:8000-8001->80-81/tcp, [::]:8000-8001->80-81/tcp, 0.0.0.0:9000->82/tcp',
  );
  assert.equal(formatPorts([]), '');
});

const listing: Listing = {
  rows: [{ ID: '1', Name: 'one', Label: (key: unknown) => `label ${String(key)}` }],
  headings: { ID: 'THE ID' },
  columns: ['ID', 'Name'],
  id: 'ID',
};
const plain = { format: '', json: false, quiet: false };

test('formatListing() shows a list in every form', () => {
  assert.equal(formatListing(listing, plain), 'THE ID    NAME\n1         one\n');
  assert.equal(formatListing(listing, { ...plain, quiet: true }), '1\n');
  assert.equal(formatListing(listing, { ...plain, json: true }), '{"ID":"1","Name":"one"}\n');
  assert.equal(formatListing(listing, { ...plain, format: '{{.Name}}\\t{{.ID}}' }), 'one\t1\n');
  assert.equal(
    formatListing(listing, { ...plain, format: 'table {{.ID}}\\t{{.Label "org.app-name"}}' }),
    'THE ID    app name\n1         label org.app-name\n',
  );
  assert.equal(formatListing({ ...listing, rows: [] }, plain), 'THE ID    NAME\n');
});
