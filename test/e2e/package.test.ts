import assert from 'node:assert/strict';
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { createLab, LabEngine, must, run } from '../lab/index.ts';

const root = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'ptl-package-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** As npm lays it out, but for its dependencies: they are those of this checkout. */
async function installed(): Promise<string> {
  const packed = await must('npm', ['pack', '--silent', '--pack-destination', folder, root], { timeoutMs: 120_000 });
  const home = join(folder, 'lib/node_modules/portolan');
  mkdirSync(home, { recursive: true });
  await must('tar', ['-xzf', join(folder, packed.trim().split('\n').at(-1)!), '-C', home, '--strip-components=1']);
  symlinkSync(join(root, 'node_modules'), join(home, 'node_modules'));
  return home;
}

test('what npm packs is built, holds no tests, and runs containers', async () => {
  const home = await installed();
  assert.equal(existsSync(join(home, 'src')), false);
  assert.deepEqual(globSync('**/*.test.*', { cwd: join(home, 'dist') }), []);
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const launcher = join(home, 'bin/portolan');
  assert.equal(await must(launcher, ['--version']), `Portolan version ${version}\n`);

  await using lab = await createLab();
  await using engine = await LabEngine.start(await lab.host('engine'), { launcher });
  assert.equal(await engine.ok('run', '--rm', '--network', 'none', 'busybox', 'echo', 'packed'), 'packed');
  const { stdout, code } = await engine.portolan('ps');
  assert.deepEqual([code, stdout.split(/\s{2,}/)[0]], [0, 'CONTAINER ID']);
});

const missing = (await run('sh', ['-c', 'command -v systemd-analyze'])).code !== 0 && 'this machine has no systemd';

test('the systemd unit is one that systemd takes', { skip: missing }, async () => {
  const unit = join(folder, 'portolan.service');
  const text = readFileSync(join(root, 'packaging/portolan.service'), 'utf8');
  writeFileSync(unit, text.replace(/^ExecStart=\S+/m, `ExecStart=${join(root, 'bin/portolan')}`));
  const { code, stdout, stderr } = await run('systemd-analyze', ['verify', unit]);
  assert.deepEqual([code, stdout, stderr], [0, '', '']);
});
