import assert from 'node:assert/strict';
import { once } from 'node:events';
import { PassThrough, type Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { type Pack, pack } from 'tar-stream';
import { engineForFile, leavesNothing } from '../e2e/engine.ts';
import { clientModule } from './installed.ts';

const bench = engineForFile();
type Untyped = any;
const Docker: Untyped = clientModule('dockerode');
const client = (): Untyped => new Docker({ socketPath: bench.engine.socket });

/** What the two streams of a multiplexed one say. */
async function spoken(docker: Untyped, stream: Readable): Promise<{ out: string; err: string }> {
  const [out, err] = [new PassThrough(), new PassThrough()];
  docker.modem.demuxStream(stream, out, err);
  stream.once('end', () => [out, err].map((one) => one.end()));
  return { out: await text(out), err: await text(err) };
}

test('dockerode runs a container, and streams what it says', async () => {
  const docker = client();
  await leavesNothing(bench.engine, async () => {
    const said = new PassThrough();
    const output = text(said);
    const [result, container] = await docker.run('busybox', ['sh', '-c', 'echo out; exit 4'], said, { Tty: true });
    assert.equal(result.StatusCode, 4);
    assert.equal(await output, 'out\r\n');
    await container.remove();
  });
});

test('dockerode attaches before the start, writes, and half-closes', async () => {
  const docker = client();
  await leavesNothing(bench.engine, async () => {
    const container = await docker.createContainer({
      Image: 'busybox',
      Cmd: ['sh', '-c', 'cat; echo end >&2'],
      OpenStdin: true,
      StdinOnce: true,
      AttachStdin: true,
    });
    const stream = await container.attach({ stream: true, stdin: true, stdout: true, stderr: true, hijack: true });
    const heard = spoken(docker, stream);
    await container.start();
    stream.write('typed\n');
    stream.end();
    assert.deepEqual(await heard, { out: 'typed\n', err: 'end\n' });
    assert.equal((await container.wait()).StatusCode, 0);
    await container.remove();
  });
});

test('dockerode executes with and without an upgrade, and follows logs, stats and events', async () => {
  const docker = client();
  await leavesNothing(bench.engine, async () => {
    const events = await docker.getEvents({ filters: { type: ['container'], event: ['die'] } });
    const container = await docker.createContainer({
      name: 'ode',
      Image: 'busybox',
      Cmd: ['sh', '-c', 'echo log; sleep 100'],
    });
    await container.start();
    for (const hijack of [true, false]) {
      const exec = await container.exec({
        Cmd: ['sh', '-c', 'echo in; exit 2'],
        AttachStdout: true,
        AttachStderr: true,
      });
      const stream = await exec.start({ hijack, stdin: hijack });
      assert.deepEqual(await spoken(docker, stream), { out: 'in\n', err: '' });
      assert.equal((await exec.inspect()).ExitCode, 2);
    }
    const logs = await container.logs({ follow: true, stdout: true, stderr: true });
    const [frame] = await once(logs, 'data');
    assert.equal(frame.toString('latin1').slice(8), 'log\n');
    logs.destroy();
    const stats = await container.stats({ stream: false });
    assert.ok(stats.memory_stats.usage > 0 && stats.networks.eth0.rx_bytes >= 0, JSON.stringify(stats));
    await container.kill();
    const [die] = await once(events, 'data');
    assert.equal(JSON.parse(die.toString()).Actor.Attributes.name, 'ode');
    events.destroy();
    await container.remove({ force: true });
  });
});

test('dockerode sees, makes and removes networks and volumes, and hears refusals by their status', async () => {
  const docker = client();
  await leavesNothing(bench.engine, async () => {
    const network = await docker.createNetwork({ Name: 'ode-net', CheckDuplicate: true, Labels: { a: 'b' } });
    assert.equal((await docker.listNetworks({ filters: { label: ['a=b'] } })).length, 1);
    const volume = await docker.createVolume({ Name: 'ode-volume' });
    const container = await docker.createContainer({
      Image: 'busybox',
      Cmd: ['sleep', '100'],
      HostConfig: {
        Binds: ['ode-volume:/data'],
        NetworkMode: 'ode-net',
        PortBindings: { '80/tcp': [{ HostPort: '0' }] },
      },
      ExposedPorts: { '80/tcp': {} },
    });
    await container.start();
    const { NetworkSettings, Mounts } = await container.inspect();
    assert.ok(Number(NetworkSettings.Ports['80/tcp'][0].HostPort) >= 32768);
    assert.deepEqual([Mounts[0].Name, Mounts[0].Destination], ['ode-volume', '/data']);
    await assert.rejects(network.remove(), { statusCode: 403 });
    await assert.rejects(volume.remove(), { statusCode: 409 });
    await assert.rejects(docker.getContainer('absent').inspect(), { statusCode: 404, reason: 'no such container' });
    await assert.rejects(container.start(), { statusCode: 304 });
    await container.remove({ force: true });
    await volume.remove();
    await network.remove();
  });
});

/** What followProgress gathers of a stream of JSON lines. */
const followed = (docker: Untyped, stream: Readable): Promise<Untyped[]> =>
  new Promise((resolve, reject) =>
    docker.modem.followProgress(stream, (error: Error | null, lines: Untyped[]) =>
      error === null ? resolve(lines) : reject(error),
    ),
  );

test('dockerode builds, commits, and follows the progress, failures included', async () => {
  const docker = client();
  await leavesNothing(bench.engine, async () => {
    const context = (dockerfile: string): Pack => {
      const archive = pack();
      archive.entry({ name: 'Dockerfile' }, dockerfile);
      archive.finalize();
      return archive;
    };
    const build = async (text: string) =>
      followed(docker, await docker.buildImage(context(text), { t: 'ode-built', forcerm: true }));
    const lines = await build('FROM busybox\nCMD echo built\n');
    assert.match(lines.map(({ stream }) => stream ?? '').join(''), /Successfully tagged ode-built:latest/);
    assert.match(lines.find(({ aux }) => aux).aux.ID, /^sha256:[0-9a-f]{64}$/);
    const last = (await build('FROM busybox\nRUN exit 3\n')).at(-1);
    assert.match(last.error, /returned a non-zero code: 3/);
    assert.equal(last.errorDetail.code, 3);
    await assert.rejects(docker.buildImage(context('RUN x\n'), {}), { statusCode: 400 });

    const container = await docker.createContainer({ name: 'ode-made', Image: 'ode-built' });
    const { Id } = await container.commit({ repo: 'ode-committed', tag: '1', changes: 'LABEL a=b', comment: 'kept' });
    const { Config, Comment } = await docker.getImage(Id).inspect();
    assert.deepEqual([Config.Labels['a'], Comment], ['b', 'kept']);
    await container.remove();
    for (const name of ['ode-committed:1', 'ode-built']) await docker.getImage(name).remove();
    await docker.pruneImages({ filters: { dangling: ['true'] } });
  });
});

test('dockerode copies archives, writes to what it executes, resizes, waits and updates', async () => {
  const docker = client();
  await leavesNothing(bench.engine, async () => {
    const container = await docker.createContainer({ Image: 'busybox', Cmd: ['sleep', '100'], Tty: true });
    await container.start();
    const archive = pack();
    archive.entry({ name: 'note' }, 'noted\n');
    archive.finalize();
    await container.putArchive(archive, { path: '/tmp' });
    assert.match(await text(await container.getArchive({ path: '/tmp/note' })), /noted\n/);
    const stat = await container.infoArchive({ path: '/tmp/note' });
    const header = Buffer.from(stat.headers['x-docker-container-path-stat'], 'base64').toString();
    assert.deepEqual([JSON.parse(header).name, JSON.parse(header).size], ['note', 6]);

    const exec = await container.exec({ Cmd: ['cat'], AttachStdin: true, AttachStdout: true });
    const stream = await exec.start({ hijack: true, stdin: true });
    const heard = spoken(docker, stream);
    stream.write('typed\n');
    stream.end();
    assert.deepEqual(await heard, { out: 'typed\n', err: '' });
    await container.resize({ h: 40, w: 100 });
    await container.update({ Memory: 64 << 20, MemorySwap: 64 << 20 });
    assert.equal((await container.inspect()).HostConfig.Memory, 64 << 20);
    assert.deepEqual((await container.top()).Processes.length, 1);
    const [gone] = await Promise.all([container.wait({ condition: 'next-exit' }), container.kill()]);
    assert.equal(gone.StatusCode, 137);
    await container.remove();
  });
});

test('dockerode saves an image and loads it again', async () => {
  const docker = client();
  const saved = await docker.getImage('busybox').get();
  const loaded = await docker.loadImage(saved);
  assert.match(await text(loaded), /Loaded image: busybox:latest/);
  const info = await docker.info();
  assert.equal(info.Images, 1);
});
