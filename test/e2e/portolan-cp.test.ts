import assert from 'node:assert/strict';
import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../lab/index.ts';
import { engineForFile } from './engine.ts';

const bench = engineForFile();

const portolan = join(import.meta.dirname, '../../bin/portolan');

/** Every path below, with what it is. */
function treeOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const path = join(folder, name);
      const stats = lstatSync(path);
      if (stats.isSymbolicLink()) return `${name} -> ${readlinkSync(path)}`;
      const mode = (stats.mode & 0o777).toString(8);
      return stats.isDirectory() ? `${name}/ ${mode}` : `${name} ${mode} ${readFileSync(path, 'utf8').trim()}`;
    });
}

/** A folder with everything that the cases copy. */
function furnish(folder: string): void {
  mkdirSync(join(folder, 'tree/deep'), { recursive: true });
  mkdirSync(join(folder, 'there'));
  writeFileSync(join(folder, 'tree/deep/file'), 'deep', { mode: 0o640 });
  writeFileSync(join(folder, 'one'), 'one');
  writeFileSync(join(folder, 'two'), 'two');
  symlinkSync('deep/file', join(folder, 'tree/link'));
  symlinkSync('tree', join(folder, 'way'));
}

/** H stands for the host's folder, C for that in the container. */
const cases: readonly (readonly string[])[] = [
  ['H/one', 'C/there'],
  ['H/one', 'C/two'],
  ['H/one', 'C/absent/file'],
  ['H/tree', 'C/there'],
  ['H/tree', 'C/fresh'],
  ['H/tree/.', 'C/there'],
  ['H/tree/.', 'C/fresh'],
  ['H/tree/link', 'C/there'],
  ['-L', 'H/tree/link', 'C/there'],
  ['H/way', 'C/there'],
  ['H/way/', 'C/there'],
  ['H/nosuch', 'C'],
  ['H/one', 'C/way'],
  ['C/one', 'H/two'],
  ['C/one', 'H/absent/'],
  ['C/one', 'H/absent/file'],
  ['C/tree', 'H/fresh'],
  ['C/tree/.', 'H/there'],
  ['C/tree/.', 'H/fresh'],
  ['C/tree', 'H/one'],
  ['-L', 'C/tree/link', 'H/there'],
  ['C/one', 'H/way'],
  ['C/nosuch', 'H'],
  ['H/one', 'H/two'],
];

test('portolan cp does what docker cp does', async () => {
  const { engine } = bench;
  await engine.ok('run', '-d', '--name', 'box', '-v', `${engine.folder}:/mnt`, 'busybox', 'sleep', '1000');
  const outcome = async (copy: typeof engine.docker, name: string, words: readonly string[]) => {
    const [host, inside] = [join(engine.folder, name, 'host'), join(engine.folder, name, 'inside')];
    for (const folder of [host, inside]) {
      mkdirSync(folder, { recursive: true });
      furnish(folder);
    }
    const place = (word: string): string =>
      word.replace(/^H(?=\/|$)/, host).replace(/^C(?=\/|$)/, `box:/mnt/${name}/inside`);
    const { code, stderr } = await copy('cp', ...words.map(place));
    // Docker's command tells also that nobody read the archive it was making.
    const plain = (text: string): string => text.replace(/^time=.*\n/gm, '').replaceAll(`/${name}/`, '/');
    return { code, failure: code === 0 ? '' : plain(stderr), host: treeOf(host), inside: treeOf(inside) };
  };
  const compare = async (words: readonly string[], index: number): Promise<void> => {
    const theirs = await outcome((...more) => engine.docker(...more), `docker-${index}`, words);
    const ours = await outcome((...more) => engine.portolan(...more), `portolan-${index}`, words);
    assert.deepEqual(ours, theirs, words.join(' '));
  };
  await Promise.all(cases.map(compare));
});

test('portolan cp reads and writes archives', async () => {
  const { engine } = bench;
  const shell = (line: string) =>
    run('sh', ['-c', line], { env: { ...process.env, PORTOLAN: portolan, DOCKER_HOST: `unix://${engine.socket}` } });
  const { stdout, stderr } = await shell('"$PORTOLAN" cp box:/etc/hosts - | tar -x -O hosts');
  assert.match(stdout, /localhost/, stderr);
  const into = await shell('echo there > /tmp/x; tar -c -C /etc hostname | "$PORTOLAN" cp - box:/tmp');
  assert.equal(into.code, 0, into.stderr);
  assert.equal(await engine.ok('exec', 'box', 'ls', '/tmp'), 'hostname');
  assert.match((await shell('"$PORTOLAN" cp -q /etc/hostname box:/tmp/name')).stderr, /^$/);
  assert.match(
    (await shell('"$PORTOLAN" cp /etc/hostname box:/tmp/name')).stderr,
    /^Successfully copied 2\.05kB to box:\/tmp\/name\n$/,
  );
});
