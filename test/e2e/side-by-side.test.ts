import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LabEngine } from '../lab/index.ts';
import { engineForFile } from './engine.ts';

const bench = engineForFile();

test('two engines in one network namespace work, and leave each other’s things alone', async () => {
  const { engine, host } = bench;
  await engine.ok(
    'run',
    '-d',
    '--name',
    'web',
    '-p',
    '8080:80',
    'busybox',
    'sh',
    '-c',
    'echo one > /index.html; exec httpd -f -h /',
  );
  const before = await engine.leftovers();
  {
    await using second = await LabEngine.start(host);
    assert.equal(
      await second.ok('network', 'inspect', '-f', '{{index .Options "com.docker.network.bridge.name"}}', 'bridge'),
      'portolan0',
    );
    await second.ok(
      'run',
      '-d',
      '--name',
      'web',
      '-p',
      '8081:80',
      'busybox',
      'sh',
      '-c',
      'echo two > /index.html; exec httpd -f -h /',
    );
    const get = (port: number): Promise<string> => host.must('curl', ['-s', '-m', '2', `http://127.0.0.1:${port}/`]);
    assert.deepEqual([await get(8080), await get(8081)], ['one\n', 'two\n']);
    const taken = await second.docker('run', '--rm', '-p', '8080:80', 'busybox', 'true');
    assert.match(taken.stderr, /address already in use/);
    await second.portolan('network', 'repair');
    await engine.portolan('network', 'repair');
    assert.deepEqual([await get(8080), await get(8081)], ['one\n', 'two\n']);
    await second.ok('rm', '-f', 'web');
    await second.stop();
  }
  await host.must('ip', ['link', 'delete', 'portolan0']);
  const others = (await host.must('nft', ['list', 'tables'])).split('\n').filter((line) => line !== '');
  assert.equal(others.length, 4, 'each engine has a table for packets and one for frames, which stay when it ends');
  assert.deepEqual((await engine.leftovers()).addresses, before.addresses);
  await engine.ok('rm', '-f', 'web');
});
