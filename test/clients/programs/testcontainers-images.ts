import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { clientModule } from '../installed.ts';

/** Runs in the engine's lab host: builds, copies, commits, reuses, and the ways to wait that need no port. */
const { GenericContainer, Wait } = clientModule('testcontainers');
const alive = setInterval(() => {}, 1000); // its log streams do not hold the process

const folder = mkdtempSync(join(tmpdir(), 'ptl-tc-'));
const dockerfile = `
FROM busybox
ARG COLOUR=none
RUN echo $COLOUR >/colour
HEALTHCHECK --interval=1s CMD test -e /up
CMD ["sh", "-c", "echo starting; touch /up; exec sleep 1000"]
`;
writeFileSync(join(folder, 'Dockerfile'), dockerfile);
writeFileSync(join(folder, 'page'), 'from a file\n');
const kept = { deleteOnExit: false };

const built = await GenericContainer.fromDockerfile(folder).withBuildArgs({ COLOUR: 'blue' }).build('tc-built:1', kept);
{
  const lines: string[] = [];
  await using one = await built
    .withCopyFilesToContainer([{ source: join(folder, 'page'), target: '/given/file', mode: 0o640 }])
    .withCopyContentToContainer([{ content: 'content\n', target: '/given/content' }])
    .withCopyDirectoriesToContainer([{ source: folder, target: '/given/folder' }])
    .withLogConsumer((stream: NodeJS.ReadableStream) => stream.on('data', (line) => lines.push(String(line))))
    .withHostname('named')
    .withWorkingDir('/tmp')
    .withExtraHosts([{ host: 'other', ipAddress: '192.0.2.7' }])
    .withWaitStrategy(Wait.forHealthCheck())
    .start();
  const seen = 'cd /given; stat -c %a file; cat /colour file content folder/page; hostname; grep other /etc/hosts';
  const said = await one.exec(['sh', '-c', seen]);
  assert.equal(said.output, '640\nblue\nfrom a file\ncontent\nfrom a file\nnamed\n192.0.2.7\tother\n');
  assert.equal((await one.exec(['pwd'])).output, '/tmp\n');
  assert.deepEqual(lines, ['starting\n']);
  const failed = await one.exec(['sh', '-c', 'echo out; echo err >&2; exit 7']);
  assert.deepEqual([failed.exitCode, failed.stdout, failed.stderr], [7, 'out\n', 'err\n']);

  await one.copyContentToContainer([{ content: 'later\n', target: '/later' }]);
  assert.match(await text(await one.copyArchiveFromContainer('/later')), /later\n/);
  await one.commit({ repo: 'tc-committed', tag: '1', ...kept });
}
await using committed = await new GenericContainer('tc-committed:1')
  .withCommand(['cat', '/later', '/colour'])
  .withWaitStrategy(Wait.forAll([Wait.forLogMessage(/^blue/), Wait.forOneShotStartup()]))
  .start();

const reused = () => new GenericContainer('busybox').withCommand(['sleep', '1000']).withReuse().start();
const [first, second] = [await reused(), await reused()];
assert.equal(first.getId(), second.getId());
await first.stop();

await using shell = await new GenericContainer('busybox')
  .withCommand(['sh', '-c', 'touch /up; exec sleep 1000'])
  .withWaitStrategy(Wait.forSuccessfulCommand('test -e /up'))
  .start();
const never = new GenericContainer('busybox').withCommand(['false']).withWaitStrategy(Wait.forLogMessage('never'));
await assert.rejects(never.start(), /Log stream ended and message "never" was not received/);
await assert.rejects(new GenericContainer('absent.invalid/none:1').start(), /lookup absent\.invalid/);
assert.ok(committed.getId() !== shell.getId());

rmSync(folder, { recursive: true });
clearInterval(alive);
console.log('all held');
