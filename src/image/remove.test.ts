import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Catalog } from './catalog.ts';
import { digestOf } from './content.ts';
import { chainIds } from './document.ts';
import { historyOf } from './history.ts';
import type { Records } from './records.ts';
import { parseReference } from './reference.ts';
import { remove } from './remove.ts';

function records<T extends { readonly id: string }>(): Records<T> {
  const map = new Map<string, T>();
  return {
    all: () => [...map.values()],
    get: (id) => map.get(id),
    put: (record) => void map.set(record.id, record),
    delete: (id) => void map.delete(id),
  };
}

const layer = (name: string): string => digestOf(name);

/** An image of two layers for each list of names; all are built on the same first layer. */
function catalogOf(...images: (readonly string[])[]): { catalog: Catalog; ids: string[] } {
  const catalog = new Catalog({ images: records(), layers: records(), tags: records() });
  const ids = images.map((names, i) => {
    const diff_ids = [layer('base'), layer(`own ${i}`)];
    const history = [{ created_by: 'base' }, { created_by: 'ENV', empty_layer: true }, { created_by: 'own' }];
    const id = catalog.add(JSON.stringify({ architecture: 'amd64', os: 'linux', history, rootfs: { diff_ids } }));
    for (const name of names) catalog.tag(parseReference(name), id);
    return id;
  });
  return { catalog, ids };
}

const free = { force: false, prune: true, inUse: () => undefined };
const usedBy = (running: boolean, force = false) => ({
  force,
  prune: true,
  inUse: () => ({ container: 'c'.repeat(64), running }),
});
const short = (id: string): string => id.slice(7, 19);

test('remove() of the last name deletes the image and the layers that nobody else has', () => {
  const { catalog, ids } = catalogOf(['a:1'], ['b:1']);
  const [, own] = chainIds([layer('base'), layer('own 0')]);
  assert.deepEqual(remove(catalog, 'a:1', free), [{ Untagged: 'a:1' }, { Deleted: ids[0] }, { Deleted: own }]);
  const [base, last] = chainIds([layer('base'), layer('own 1')]);
  assert.deepEqual(remove(catalog, 'b:1', free), [
    { Untagged: 'b:1' },
    { Deleted: ids[1] },
    { Deleted: last },
    { Deleted: base },
  ]);
  assert.deepEqual(catalog.list(), []);
});

test('remove() of one of several names only takes it off', () => {
  const { catalog } = catalogOf(['a:1', 'a:2']);
  assert.deepEqual(remove(catalog, 'docker.io/library/a:1', free), [{ Untagged: 'a:1' }]);
  assert.deepEqual(catalog.get('a:2').tags, ['a:2']);
});

test('remove() by id takes the only name along, and refuses names in several repositories', () => {
  const { catalog, ids } = catalogOf(['a:1'], ['b:1', 'c:1']);
  assert.deepEqual(remove(catalog, short(ids[0]!), free)[0], { Untagged: 'a:1' });
  assert.throws(() => remove(catalog, ids[1]!, free), {
    kind: 'conflict',
    message: `conflict: unable to delete ${short(ids[1]!)} (must be forced) - image is referenced in multiple repositories`,
  });
  assert.equal(remove(catalog, ids[1]!, { ...free, force: true }).length, 5);
});

test('remove() by name of an image that a container uses is refused, and forced only takes the name off', () => {
  const { catalog, ids } = catalogOf(['a:1']);
  assert.throws(() => remove(catalog, 'a:1', usedBy(true)), {
    kind: 'conflict',
    message: `conflict: unable to remove repository reference "a:1" (must force) - container cccccccccccc is using its referenced image ${short(ids[0]!)}`,
  });
  assert.deepEqual(remove(catalog, 'a:1', usedBy(true, true)), [{ Untagged: 'a:1' }]);
  assert.equal(catalog.list().length, 1);
});

test('remove() by id can be forced against a stopped container, never against a running one', () => {
  const { catalog, ids } = catalogOf(['a:1']);
  const id = ids[0]!;
  assert.throws(() => remove(catalog, id, usedBy(true, true)), {
    message: `conflict: unable to delete ${short(id)} (cannot be forced) - image is being used by running container cccccccccccc`,
  });
  assert.throws(() => remove(catalog, id, usedBy(false)), {
    message: `conflict: unable to delete ${short(id)} (must be forced) - image is being used by stopped container cccccccccccc`,
  });
  assert.equal(remove(catalog, id, usedBy(false, true)).length, 4);
});

test('Catalog.get() finds by name, id, prefix and digest, and says which image it did not find', () => {
  const { catalog, ids } = catalogOf(['me/a:1', 'b:latest']);
  const id = ids[0]!;
  const hex = id.slice(7);
  for (const ref of [
    'me/a:1',
    'docker.io/me/a:1',
    'b',
    'index.docker.io/library/b',
    id,
    hex,
    short(id),
    id.slice(0, 20),
  ]) {
    assert.equal(catalog.get(ref).id, id, ref);
  }
  assert.equal(catalog.get(`me/a@${id}`).id, id);
  for (const [ref, text] of [
    ['nope', 'nope:latest'],
    ['docker.io/library/nope:2', 'nope:2'],
    [`other/repo@${id}`, `other/repo@${id}`],
    ['sha256:0000', 'sha256:0000'],
    ['0'.repeat(64), '0'.repeat(64)],
  ] as const) {
    assert.throws(() => catalog.get(ref), { kind: 'not-found', message: `No such image: ${text}` });
  }
  assert.throws(() => catalog.get('UPPER'), { kind: 'invalid', message: /must be lowercase/ });
});

test('Catalog.get() refuses an id prefix that several images share', () => {
  const { catalog, ids } = catalogOf(...Array.from({ length: 17 }, () => []));
  const first = ids.map((id) => id[7]!);
  const shared = first.find((digit, i) => first.indexOf(digit) !== i)!;
  assert.throws(() => catalog.get(shared), { kind: 'not-found', message: /image ids start with/ });
});

test('Catalog.tag() moves a name and says which image had it', () => {
  const { catalog, ids } = catalogOf(['a:1'], []);
  assert.equal(catalog.tag(parseReference('a:1'), ids[1]!), ids[0]);
  assert.deepEqual(catalog.get(ids[0]!).tags, []);
  assert.equal(catalog.tag(parseReference('a:1'), ids[1]!), undefined);
});

test('historyOf() goes from the newest step down and gives empty steps no size', () => {
  const { catalog } = catalogOf(['a:1']);
  const lines = historyOf(catalog.get('a:1'), (id) => (id === layer('base') ? 100 : 7));
  assert.deepEqual(
    lines.map(({ CreatedBy, Size, Tags }) => ({ CreatedBy, Size, Tags })),
    [
      { CreatedBy: 'own', Size: 7, Tags: ['a:1'] },
      { CreatedBy: 'ENV', Size: 0, Tags: null },
      { CreatedBy: 'base', Size: 100, Tags: null },
    ],
  );
  assert.deepEqual(
    lines.map((line) => line.Id),
    [catalog.get('a:1').id, '<missing>', '<missing>'],
  );
});

test('remove() takes nameless images along that only this one was made from', () => {
  const catalog = new Catalog({ images: records(), layers: records(), tags: records() });
  const make = (name: string, parent?: string): string => {
    const document = { architecture: 'amd64', os: 'linux', comment: name, rootfs: { diff_ids: [layer('base')] } };
    return catalog.add(JSON.stringify(document), parent === undefined ? {} : { parent });
  };
  const base = make('base');
  catalog.tag(parseReference('base:1'), base);
  const [one] = [make('one', base)];
  const [left, right] = [make('left', one), make('right', one)];
  catalog.tag(parseReference('right:1'), right);
  assert.throws(() => remove(catalog, one, { ...free, force: true }), /image has dependent child images/);
  assert.deepEqual(remove(catalog, left, free), [{ Deleted: left }]);
  assert.deepEqual(remove(catalog, 'base:1', free), [{ Untagged: 'base:1' }]);
  catalog.tag(parseReference('base:1'), base);
  assert.deepEqual(remove(catalog, 'right:1', free), [{ Untagged: 'right:1' }, { Deleted: right }, { Deleted: one }]);
  assert.deepEqual(
    catalog.list().map(({ id }) => id),
    [base],
  );
});
