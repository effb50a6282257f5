import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { engineForFile } from '../e2e/engine.ts';
import { until } from '../lab/until.ts';
import { features, withConfigs } from './compose/features.ts';
import { Project } from './compose/project.ts';
import { program } from './installed.ts';

const bench = engineForFile();
const versions = [
  { major: 1, program: program('compose-v1', '/usr/bin/docker-compose'), joint: '_' },
  { major: 2, program: program('compose-v2', 'usr/bin/docker-compose'), joint: '-' },
];

for (const { major, program, joint } of versions) {
  const newer = major > 1;
  describe(`compose ${major}`, { skip: program.skip }, () => {
    let project: Project;
    const container = (service: string): string => [project.name, service, 1].join(joint);

    before(async () => {
      await bench.engine.ok('network', 'create', 'feature-outer');
      project = new Project(bench.engine, program.path, `features${major}`);
      const text = features(project.folder);
      project.write(newer ? withConfigs(text) : text);
    });
    after(async () => {
      await project.compose('--profile', 'extra', 'down', '-v', '--rmi', 'local', '-t', '0', '--remove-orphans');
      await bench.engine.ok('network', 'rm', 'feature-outer');
      project[Symbol.dispose]();
    });

    test('builds, and gives its services the files, addresses and settings that they ask for', async () => {
      await project.ok('up', '-d', '--build', ...(newer ? ['--wait'] : []));
      const said = await project.ok(
        ...['exec', '-T', 'built', 'sh', '-c'],
        'cat /colour /run/secrets/pass; echo $LEVEL; cat /proc/sys/net/ipv4/ip_unprivileged_port_start; ulimit -n -H; cat /etc/hosts',
      );
      assert.match(said, /^blue\nhidden\n7\n0\n99\n/);
      assert.match(said, /^192\.0\.2\.7\s+other$/m);
      assert.match(said, /^172\.17\.0\.1\s+gate$/m);
      if (newer) {
        assert.equal(await project.ok('exec', '-T', 'built', 'cat', '/etc/set.txt'), 'set');
        assert.equal(await bench.engine.ok('inspect', '-f', '{{.State.Health.Status}}', container('built')), 'healthy');
      }
    });

    test('puts its networks on a container, of which one shares it and one has the host’s', async () => {
      const beside = await project.ok('exec', '-T', 'beside', 'ip', '-o', 'addr');
      assert.match(beside, /inet 172\.30\.9\.9\/24/);
      assert.match(beside, /inet6 fd00:9::9\/64/);
      assert.equal(beside.match(/^\d+: eth\d +inet /gm)?.length, 2);
      assert.match(await project.ok('exec', '-T', 'beside', 'ip', 'link'), /link\/ether 02:42:ac:1e:09:09/);
      const hostly = await project.ok('exec', '-T', 'hostly', 'ip', '-o', '-4', 'addr', 'show', 'eth0');
      assert.match(hostly, new RegExp(`inet ${bench.host.ipv4}/`));
    });

    test('lists, follows logs, tells of events', async () => {
      const follower = project.spawn('logs', '-f', '--no-color', 'beside');
      const events = project.spawn('events', '--json');
      await until('the log so far', () => /line 1.*line 2.*line 3/s.test(follower.text()));
      // Nothing says that it listens by now: until it has heard one.
      const heard = () =>
        events
          .text()
          .split('\n')
          .filter(Boolean)
          .slice(0, -1)
          .map((line) => JSON.parse(line));
      await until('the events of a service', async () => {
        await project.ok('restart', '-t', '0', 'beside');
        return heard().some(({ service, type, action }) => [service, type, action].join() === 'beside,container,start');
      });
      await Promise.all([follower.end(), events.end()]);
      if (newer) {
        const [row] = (await project.ok('ps', '--format', 'json', 'beside'))
          .split('\n')
          .map((line) => JSON.parse(line));
        assert.deepEqual([row.Name, row.State, row.ExitCode], [container('beside'), 'running', 0]);
      } else {
        assert.match(await project.ok('ps'), /features1_built_1 .*Up \(healthy\)/);
      }
      assert.match(await project.ok('images', '-q'), /^[0-9a-f]{12,64}$/m);
    });

    test('runs what is asked for once, by a profile too, and copies both ways', async () => {
      assert.match(await project.ok('run', '--rm', '-T', 'tool'), /tool ran/);
      assert.match(await project.ok('--profile', 'extra', 'up', 'tool'), /tool ran/);
      const once = await project.compose('run', '--rm', '-T', '--no-deps', '-e', 'A=b', 'tool', 'sh', '-c', 'exit 4');
      assert.equal(once.code, 4, once.stderr);
      if (!newer) return;
      const copy = join(project.folder, 'copied');
      await project.ok('cp', 'built:/colour', copy);
      assert.equal(readFileSync(copy, 'utf8'), 'blue\n');
      writeFileSync(copy, 'back\n');
      await project.ok('cp', copy, 'built:/put');
      assert.equal(await project.ok('exec', '-T', 'built', 'cat', '/put'), 'back');
    });

    test('takes it down, what it built included, and leaves what is not its own', async () => {
      await project.ok('--profile', 'extra', 'down', '-v', '--rmi', 'local', '-t', '0', '--remove-orphans');
      const label = `label=com.docker.compose.project=${project.name}`;
      assert.equal(await bench.engine.ok('ps', '-aq', '--filter', label), '');
      assert.equal(
        await bench.engine.ok('network', 'ls', '--format', '{{.Name}}', '--filter', 'name=feature'),
        'feature-outer',
      );
      assert.equal(await bench.engine.ok('images', '-q', '--filter', `reference=*${project.name}*`), '');
    });
  });
}
