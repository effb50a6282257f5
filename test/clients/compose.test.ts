import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { engineForFile, leavesNothing } from '../e2e/engine.ts';
import { until } from '../lab/until.ts';
import { application } from './compose/application.ts';
import { Project } from './compose/project.ts';
import { program } from './installed.ts';

const bench = engineForFile();
const versions = [
  { name: 'compose 1.29', program: program('compose-v1', '/usr/bin/docker-compose'), joint: '_' },
  { name: 'compose 2.26', program: program('compose-v2', 'usr/bin/docker-compose'), joint: '-' },
];

for (const { name, program, joint } of versions) {
  describe(name, { skip: program.skip }, () => {
    let project: Project;
    const container = (service: string, number = 1): string => [project.name, service, number].join(joint);
    const field = (service: string, format: string) => bench.engine.ok('inspect', '-f', format, container(service));
    const page = async () => (await bench.host.exec('curl', ['-sS', '-m', '5', 'http://127.0.0.1:18080/'])).stdout;

    before(() => {
      project = new Project(bench.engine, program.path, 'shop');
      project.write(application({ colour: 'blue' }));
    });
    after(async () => {
      await project.compose('down', '-v', '-t', '0');
      project[Symbol.dispose]();
    });

    test('brings an application up, which serves and finds its parts by name', async () => {
      await project.ok('up', '-d');
      await until('the page is served', async () => (await page()) === 'served\n');
      assert.equal(await project.ok('exec', '-T', 'web', 'wget', '-qO-', 'http://store:5432/ready'), '');
      assert.match(await project.ok('exec', '-T', 'web', 'nslookup', '-type=a', 'site'), /Name:\s+site/);
      assert.equal((await project.compose('exec', '-T', 'worker', 'nslookup', '-type=a', 'site')).code, 1);
      assert.match(await project.ok('ps'), /web.*18080->80\/tcp/s);
      assert.equal(await project.ok('port', 'web', '80'), '0.0.0.0:18080');
      assert.match(await project.ok('logs', '--no-color', 'store'), /store is up/);
      assert.match(await project.ok('top', 'worker'), /sleep 1000/);
    });

    test('waits for what has to be healthy first', async () => {
      assert.equal(await field('store', '{{.State.Health.Status}}'), 'healthy');
      // The first check comes a second after the start; its result may have gone from the log already.
      const startOf = async (service: string) => Date.parse(await field(service, '{{.State.StartedAt}}'));
      assert.ok((await startOf('web')) - (await startOf('store')) >= 1000);
    });

    test('scales a service, whose name then leads to all of it', async () => {
      const workers = async () => {
        const answer = await project.ok('exec', '-T', 'web', 'nslookup', '-type=a', 'worker');
        return [...answer.matchAll(/Name:\s+worker\s+Address:/g)].length;
      };
      await project.ok('up', '-d', '--scale', 'worker=3');
      assert.equal(await workers(), 3);
      assert.equal((await project.ok('ps', '-q', 'worker')).split('\n').length, 3);
      await project.ok('up', '-d', '--scale', 'worker=1');
      assert.equal(await workers(), 1);
    });

    test('makes anew what its file changed, and nothing else; data stay', async () => {
      const ids = async () => [await field('web', '{{.Id}}'), await field('store', '{{.Id}}')];
      await project.ok('exec', '-T', 'store', 'sh', '-c', 'echo kept >/data/note');
      const [web, store] = await ids();
      await project.ok('up', '-d');
      assert.deepEqual(await ids(), [web, store]);
      project.write(application({ colour: 'red' }));
      await project.ok('up', '-d', '--no-deps', '-t', '0', 'store');
      const [sameWeb, newStore] = await ids();
      assert.equal(sameWeb, web);
      assert.notEqual(newStore, store);
      assert.equal(await project.ok('exec', '-T', 'store', 'sh', '-c', 'cat /data/note; echo $COLOUR'), 'kept\nred');
    });

    test('restarts, stops, starts, pauses and kills', async () => {
      const states = async () => (await field('store', '{{.State.Status}} {{.State.Pid}}')).split(' ');
      const [, pid] = await states();
      await project.ok('restart', '-t', '0', 'store');
      const [status, next] = await states();
      assert.equal(status, 'running');
      assert.notEqual(next, pid);
      for (const [verb, want] of [
        ['pause', 'paused'],
        ['unpause', 'running'],
        ['kill', 'exited'],
        ['start', 'running'],
        ['stop', 'exited'],
      ] as const) {
        await project.ok(verb, ...(verb === 'stop' ? ['-t', '0'] : []), 'store');
        assert.equal((await states())[0], want, verb);
      }
    });

    test('runs a command of its own, and follows what is in the foreground', async () => {
      assert.match(await project.ok('run', '--rm', '-T', '--no-deps', 'worker', 'echo', 'once'), /^once$/m);
      project.write('services: {say: {image: busybox, command: [sh, -c, "echo said; exit 3"]}}');
      const { code, stdout, stderr } = await project.compose(
        'up',
        '--abort-on-container-exit',
        '--exit-code-from',
        'say',
      );
      assert.equal(code, 3, stderr);
      assert.match(stdout, /\|\S* said/);
      await project.ok('rm', '-f');
      project.write(application({ colour: 'red' }));
    });

    test('takes all of it down again', async () => {
      await project.ok('down', '-v', '-t', '0', '--remove-orphans');
      await leavesNothing(bench.engine, async () => {
        await project.ok('up', '-d');
        await project.ok('down', '-v', '-t', '0');
      });
    });
  });
}
