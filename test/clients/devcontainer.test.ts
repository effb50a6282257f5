import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { engineForFile } from '../e2e/engine.ts';
import { clientModule } from './installed.ts';

const bench = engineForFile();
const node = resolve(import.meta.dirname, '../../bin/node24');
const command = clientModule.resolve('@devcontainers/cli/devcontainer.js');
const workspace = mkdtempSync(join(tmpdir(), 'ptl-dev-'));
after(() => rmSync(workspace, { recursive: true, force: true }));

const devcontainer = (verb: string, ...args: readonly string[]): Promise<string> =>
  bench.host.must(node, [command, verb, '--workspace-folder', workspace, ...args], {
    env: { ...bench.engine.environment, HOME: workspace },
    timeoutMs: 120_000,
  });

function describe(settings: object): void {
  mkdirSync(join(workspace, '.devcontainer'), { recursive: true });
  writeFileSync(join(workspace, '.devcontainer/devcontainer.json'), JSON.stringify(settings));
}

test('devcontainer brings a folder up in a container, and finds it again', async () => {
  describe({
    image: 'busybox',
    containerEnv: { COLOUR: 'blue' },
    forwardPorts: [3000],
    mounts: ['source=dev-cache,target=/cache,type=volume'],
    postCreateCommand: 'echo made >made',
  });
  const up = JSON.parse((await devcontainer('up')).trim()) as { outcome: string; containerId: string };
  assert.equal(up.outcome, 'success');
  assert.equal(await devcontainer('exec', 'sh', '-c', 'cat made; echo $COLOUR'), 'made\nblue\n');
  const again = JSON.parse((await devcontainer('up')).trim()) as { containerId: string };
  assert.equal(again.containerId, up.containerId);
  await bench.engine.ok('rm', '-f', up.containerId);
  await bench.engine.ok('volume', 'rm', 'dev-cache');
});

test('devcontainer builds the folder’s Dockerfile, and runs what it built as its user', async () => {
  writeFileSync(
    join(workspace, '.devcontainer/Dockerfile'),
    'FROM busybox\nARG COLOUR\nRUN echo dev:x:1234:1234::/tmp:/bin/sh >>/etc/passwd && echo $COLOUR >/colour\nUSER dev\n',
  );
  describe({
    build: { dockerfile: 'Dockerfile', args: { COLOUR: 'red' } },
    remoteUser: 'dev',
    updateRemoteUserUID: false,
    runArgs: ['--hostname=bench'],
    appPort: ['18083:80'],
  });
  const up = JSON.parse((await devcontainer('up', '--buildkit', 'never')).trim()) as {
    outcome: string;
    containerId: string;
    remoteUser: string;
  };
  assert.deepEqual([up.outcome, up.remoteUser], ['success', 'dev']);
  const said = await devcontainer('exec', 'sh', '-c', 'cat /colour; id -un; hostname');
  assert.equal(said, 'red\ndev\nbench\n');
  assert.match(await bench.engine.ok('port', up.containerId), /^80\/tcp -> .*:18083$/m);
  const image = await bench.engine.ok('inspect', '-f', '{{.Image}}', up.containerId);
  await bench.engine.ok('rm', '-f', up.containerId);
  await bench.engine.ok('rmi', '-f', image);
});
