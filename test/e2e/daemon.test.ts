import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLab, LabEngine } from '../lab/index.ts';

const portolan = resolve(import.meta.dirname, '../../bin/portolan');

test('a flag that cannot be is refused in one line, with exit code 1, and nothing is made', async () => {
  await using lab = await createLab();
  const host = await lab.host('engine');
  const where = ['--data-root', '/nowhere/data', '--exec-root', '/nowhere/run', '--pidfile', '/nowhere/pid'];
  for (const [flags, text] of [
    [['--mtu=abc'], 'invalid argument "abc" for "--mtu" flag: strconv.ParseInt: parsing "abc": invalid syntax'],
    [
      ['--bip', '10.0.0.1'],
      'failed to start daemon: Error initializing network controller: parse bip failed: invalid CIDR address: 10.0.0.1',
    ],
    [['--nope'], 'unknown flag: --nope'],
  ] as const) {
    const { code, stdout, stderr } = await host.exec(portolan, ['daemon', ...where, ...flags]);
    assert.deepEqual([code, stdout, stderr], [1, '', `${text}\n`]);
  }
  assert.equal(existsSync('/nowhere'), false);
});

test('the configuration file is read at the start, and again at SIGHUP; what is wrong in it changes nothing', async () => {
  await using lab = await createLab();
  const host = await lab.host('engine');
  const first = { labels: ['a=1'], bip: '10.99.0.1/24', 'host-gateway-ips': ['192.0.2.9'] };
  await using engine = await startWith(host, first);
  const labels = (): Promise<string> => engine.ok('info', '-f', '{{json .Labels}}');
  assert.equal(await labels(), '["a=1"]');
  assert.match(await host.must('ip', ['-4', '-br', 'addr', 'show', 'docker0']), /10\.99\.0\.1\/24/);
  assert.match(
    await engine.ok('run', '--rm', '--add-host', 'me:host-gateway', 'busybox', 'cat', '/etc/hosts'),
    /^192\.0\.2\.9\s+me$/m,
  );

  const told = async (text: string): Promise<void> => {
    for (let i = 0; i < 100 && !engine.log().includes(text); i++) await sleep(50);
    assert.ok(engine.log().includes(text), engine.log());
  };
  configure(engine.folder, { ...first, labels: ['a=2'], debug: true, bip: '10.98.0.1/24' });
  process.kill(engine.pid, 'SIGHUP');
  await told('reloaded configuration: changed ');
  await told('at the next start: bip');
  assert.equal(await labels(), '["a=2"]');
  const seen = ['events', '--since', '1', '--until', `${Math.ceil(Date.now() / 1000)}`, '--filter', 'type=daemon'];
  const reloads = await engine.ok(...seen, '--format', '{{.Action}} {{.Actor.Attributes.labels}}');
  assert.equal(reloads, 'reload ["a=2"]');
  assert.match(await host.must('ip', ['-4', '-br', 'addr', 'show', 'docker0']), /10\.99\.0\.1\/24/);

  configure(engine.folder, { labels: ['a=3'], nope: 1 });
  process.kill(engine.pid, 'SIGHUP');
  await told("the following directives don't match any configuration option: nope");
  assert.equal(await labels(), '["a=2"]');

  configure(engine.folder, { ...first, bip: '10.98.0.1/24' });
  await engine.restart();
  assert.match(await host.must('ip', ['-4', '-br', 'addr', 'show', 'docker0']), /10\.98\.0\.1\/24/);
});

test('--bridge none: no default network, and containers without one have only loopback', async () => {
  await using lab = await createLab();
  const host = await lab.host('engine');
  await using engine = await LabEngine.start(host, { flags: ['--bridge', 'none'] });
  assert.equal(await engine.ok('network', 'ls', '--format', '{{.Name}}'), 'host\nnone');
  assert.equal(await host.must('ip', ['-br', 'link', 'show', 'type', 'bridge']), '');
  const links = await engine.ok('run', '--rm', 'busybox', 'ls', '/sys/class/net');
  assert.equal(links, 'lo');
});

const configure = (folder: string, keys: object): void =>
  writeFileSync(join(folder, 'daemon.json'), JSON.stringify(keys));

/** An engine whose configuration file lies in its own folder, which it has only once it is there. */
async function startWith(host: Parameters<typeof LabEngine.start>[0], keys: object): Promise<LabEngine> {
  return LabEngine.start(host, {
    flags: (folder) => {
      configure(folder, keys);
      return ['--config-file', join(folder, 'daemon.json')];
    },
  });
}
