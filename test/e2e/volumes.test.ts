import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { until } from '../lab/until.ts';
import { engineForFile, leavesNothing } from './engine.ts';

const bench = engineForFile();

function scratch(name: string): string {
  const path = join(bench.engine.folder, name);
  mkdirSync(path, { recursive: true });
  return path;
}

const errorOf = async (...args: readonly string[]): Promise<string> => {
  const { code, stderr } = await bench.engine.docker(...args);
  assert.notEqual(code, 0, `docker ${args.join(' ')} should have failed`);
  return stderr.trim();
};

const mountpoint = (name: string): string => join(bench.engine.dataRoot, 'volumes', name, '_data');
const isMounted = (path: string): boolean => readFileSync('/proc/self/mountinfo', 'utf8').includes(` ${path} `);

test('volumes are made, shown, found by filters, and removed', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    assert.equal(await engine.ok('volume', 'create', '--label', 'tier=a', 'one'), 'one');
    await engine.ok('volume', 'create', 'two');
    const anonymous = await engine.ok('volume', 'create');
    assert.match(anonymous, /^[0-9a-f]{64}$/);
    const names = async (...filter: readonly string[]) =>
      (await engine.ok('volume', 'ls', '-q', ...filter.flatMap((one) => ['--filter', one]))).split('\n');
    assert.deepEqual(await names('name=^o'), ['one']);
    assert.deepEqual(await names('label=tier=a'), ['one']);
    assert.deepEqual((await names('dangling=true')).sort(), [anonymous, 'one', 'two'].sort());
    assert.deepEqual(await names('driver=nosuch'), ['']);
    const [shown] = JSON.parse(await engine.ok('volume', 'inspect', 'one'));
    assert.equal(shown.Mountpoint, mountpoint('one'));
    assert.deepEqual([shown.Driver, shown.Scope, shown.Labels, shown.Options], ['local', 'local', { tier: 'a' }, null]);
    assert.match(await errorOf('volume', 'inspect', 'nosuch'), /get nosuch: no such volume/);
    assert.match(
      await errorOf('volume', 'create', '-d', 'nosuch', 'x1'),
      /error looking up volume plugin nosuch: plugin "nosuch" not found/,
    );
    assert.match(await errorOf('volume', 'create', '-o', 'colour=red', 'x1'), /create x1: invalid option: "colour"/);
    assert.match(
      await errorOf('volume', 'create', '-o', 'type=tmpfs', 'x1'),
      /create x1: missing required option: "device"/,
    );
    const update = [
      '-s',
      '-X',
      'PUT',
      '--unix-socket',
      engine.socket,
      '-w',
      ' %{http_code}',
      'http://engine/volumes/one',
    ];
    assert.match(await bench.host.must('curl', update), /cluster volumes, but swarm is unavailable.* 503$/s);
    await engine.ok('create', '--name', 'user', '-v', 'one:/one', 'busybox', 'true');
    assert.match(await errorOf('volume', 'rm', 'one'), /remove one: volume is in use - \[[0-9a-f]{64}\]/);
    assert.deepEqual((await names('dangling=true')).sort(), [anonymous, 'two'].sort());
    await engine.ok('rm', 'user');
    assert.match(await engine.ok('volume', 'prune', '-f'), new RegExp(anonymous));
    assert.match(await engine.ok('volume', 'prune', '-f', '-a', '--filter', 'label!=tier'), /two/);
    await engine.ok('volume', 'rm', 'one');
  });
});

test('anonymous volumes go with their container when asked to, named ones stay', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    await engine.ok('run', '--rm', '-v', '/anon', '-v', 'kept:/named', 'busybox', 'true');
    assert.equal(await engine.ok('volume', 'ls', '-q'), 'kept');
    await engine.ok('create', '--name', 'leaves', '-v', '/anon', 'busybox', 'true');
    await engine.ok('rm', 'leaves');
    assert.equal((await engine.ok('volume', 'ls', '-q')).split('\n').length, 2);
    await engine.ok('create', '--name', 'takes', '-v', '/anon', 'busybox', 'true');
    await engine.ok('rm', '-v', 'takes');
    assert.equal((await engine.ok('volume', 'ls', '-q')).split('\n').length, 2);
    await engine.ok('volume', 'prune', '-f', '-a');
  });
});

test('a volume with options is a device, mounted while somebody uses it and never deleted', async () => {
  const { engine } = bench;
  const here = scratch('device');
  writeFileSync(join(here, 'precious'), 'kept\n');
  await leavesNothing(engine, async () => {
    await engine.ok('volume', 'create', '-o', 'type=none', '-o', 'o=bind', '-o', `device=${here}`, 'dir');
    await engine.ok(
      'volume',
      'create',
      '-o',
      'type=tmpfs',
      '-o',
      'device=tmpfs',
      '-o',
      'o=size=3m,uid=1000,noexec',
      'mem',
    );
    await engine.ok('run', '-d', '--name', 'dev-a', '-v', 'dir:/dir', '-v', 'mem:/mem', 'busybox', 'sleep', '1000');
    await engine.ok('run', '-d', '--name', 'dev-b', '-v', 'mem:/mem', 'busybox', 'sleep', '1000');
    assert.equal(await engine.ok('exec', 'dev-a', 'cat', '/dir/precious'), 'kept');
    await engine.ok('exec', 'dev-a', 'touch', '/mem/shared');
    assert.equal(await engine.ok('exec', 'dev-b', 'ls', '/mem'), 'shared');
    assert.match(
      await engine.ok('exec', 'dev-b', 'grep', ' /mem ', '/proc/mounts'),
      /tmpfs .*noexec.*size=3072k.*uid=1000/,
    );
    assert.equal(await engine.ok('exec', 'dev-b', 'stat', '-c', '%u', '/mem'), '1000');
    await engine.kill9();
    await engine.launch();
    await engine.ok('rm', '-f', 'dev-a');
    assert.ok(isMounted(mountpoint('mem')));
    assert.ok(!isMounted(mountpoint('dir')));
    await engine.ok('rm', '-f', 'dev-b');
    await until('the volume unmounted', () => !isMounted(mountpoint('mem')));
    await engine.ok('create', '--name', 'dev-c', '-v', 'dir:/dir', 'busybox', 'true');
    await engine.ok('cp', `${here}/precious`, 'dev-c:/dir/copied');
    assert.equal(readFileSync(join(here, 'copied'), 'utf8'), 'kept\n');
    await engine.ok('rm', 'dev-c');
    await engine.ok('volume', 'rm', 'dir', 'mem');
    assert.deepEqual(readdirSync(here).sort(), ['copied', 'precious']);
    await engine.ok('volume', 'create', '-o', 'type=none', '-o', 'o=bind', '-o', `device=${here}/nosuch`, 'bad');
    assert.match(
      await errorOf('run', '--rm', '-v', 'bad:/x:nocopy', 'busybox', 'true'),
      /error while mounting volume '.*bad\/_data': failed to mount local volume: mount .*nosuch:.*: no such file or directory/,
    );
    await engine.ok('volume', 'rm', 'bad');
  });
});

test('an empty volume is given what the image has, as soon as the container is made', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    await engine.ok(
      'run',
      '--name',
      'maker',
      'busybox',
      'sh',
      '-c',
      'mkdir /seed; echo s >/seed/f; chown 7:8 /seed /seed/f; chmod 2750 /seed',
    );
    await engine.ok('commit', 'maker', 'seeded');
    await engine.ok('create', '--name', 'fills', '-v', 'filled:/seed', 'seeded', 'true');
    const { mode, uid, gid } = statSync(mountpoint('filled'));
    assert.deepEqual([mode & 0o7777, uid, gid], [0o2750, 7, 8]);
    assert.equal(readFileSync(join(mountpoint('filled'), 'f'), 'utf8'), 's\n');
    await engine.ok('create', '--name', 'not', '-v', 'bare:/seed:nocopy', 'seeded', 'true');
    assert.deepEqual(readdirSync(mountpoint('bare')), []);
    writeFileSync(join(mountpoint('bare'), 'own'), '');
    await engine.ok('create', '--name', 'full', '-v', 'bare:/seed', 'seeded', 'true');
    assert.deepEqual(readdirSync(mountpoint('bare')), ['own']);
    await engine.ok('rm', 'maker', 'fills', 'not', 'full');
    await engine.ok('volume', 'rm', 'filled', 'bare');
    await engine.ok('rmi', 'seeded');
  });
});

test('--volumes-from takes mounts over, read-only if it says so', async () => {
  const { engine } = bench;
  const here = scratch('from');
  await leavesNothing(engine, async () => {
    await engine.ok('create', '--name', 'first', '-v', 'v1:/one', '-v', `${here}:/bind:ro`, 'busybox', 'true');
    await engine.ok('create', '--name', 'second', '-v', 'v2:/two', 'busybox', 'true');
    const mounts = async (name: string) =>
      JSON.parse(await engine.ok('inspect', '-f', '{{json .Mounts}}', name))
        .map(
          ({ Destination, RW, Name }: { Destination: string; RW: boolean; Name?: string }) =>
            `${Destination} ${RW} ${Name ?? ''}`,
        )
        .sort();
    await engine.ok(
      'create',
      '--name',
      'both',
      '--volumes-from',
      'first:ro',
      '--volumes-from',
      'second',
      'busybox',
      'true',
    );
    assert.deepEqual(await mounts('both'), ['/bind false ', '/one false v1', '/two true v2']);
    await engine.ok('create', '--name', 'writes', '--volumes-from', 'first:rw', '-v', 'v3:/one', 'busybox', 'true');
    assert.deepEqual(await mounts('writes'), ['/bind false ', '/one true v3']);
    assert.match(await errorOf('create', '--volumes-from', 'first:nocopy', 'busybox'), /invalid mode: nocopy/);
    assert.match(await errorOf('create', '--volumes-from', 'nosuch', 'busybox'), /No such container: nosuch/);
    await engine.ok('rm', 'first', 'second', 'both', 'writes');
    await engine.ok('volume', 'rm', 'v1', 'v2', 'v3');
  });
});

test('a part of a volume is mounted, and no link leads out of the volume', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    await engine.ok('volume', 'create', 'whole');
    mkdirSync(join(mountpoint('whole'), 'a/b'), { recursive: true });
    writeFileSync(join(mountpoint('whole'), 'a/b/file'), 'part\n');
    const with_ = (subpath: string): string => `type=volume,src=whole,dst=/part,volume-subpath=${subpath}`;
    assert.equal(await engine.ok('run', '--rm', '--mount', with_('a/b'), 'busybox', 'cat', '/part/file'), 'part');
    assert.equal(await engine.ok('run', '--rm', '--mount', with_('a/b/file'), 'busybox', 'cat', '/part'), 'part');
    await engine.ok('create', '--name', 'stopped', '--mount', with_('a/b'), 'busybox', 'cat', '/part/new');
    await engine.ok('cp', join(mountpoint('whole'), 'a/b/file'), 'stopped:/part/new');
    assert.equal(readFileSync(join(mountpoint('whole'), 'a/b/new'), 'utf8'), 'part\n');
    await engine.ok('create', '--name', 'heir', '--volumes-from', 'stopped', 'busybox', 'ls', '/part');
    assert.equal(await engine.ok('start', '-a', 'heir'), 'file\nnew');
    const shown = JSON.parse(await engine.ok('inspect', '-f', '{{json .Mounts}}', 'stopped'));
    assert.deepEqual(Object.keys(shown[0]).sort(), [
      'Destination',
      'Driver',
      'Mode',
      'Name',
      'Propagation',
      'RW',
      'Source',
      'Type',
    ]);
    await engine.ok('rm', 'stopped', 'heir');
    symlinkSync('../../../../../../../../../../etc', join(mountpoint('whole'), 'out'));
    assert.match(
      await errorOf('run', '--rm', '--mount', with_('out'), 'busybox', 'true'),
      /cannot access path .*no such file or directory/,
    );
    assert.match(
      await errorOf('run', '--rm', '--mount', with_('../x'), 'busybox', 'true'),
      /subpath must be a relative path within the volume/,
    );
    assert.match(
      await errorOf('run', '--rm', '--mount', with_('nosuch'), 'busybox', 'true'),
      /cannot access path .*whole\/_data\/nosuch: no such file or directory/,
    );
    rmSync(join(mountpoint('whole'), 'out'));
    await engine.ok('volume', 'rm', 'whole');
  });
});

test('binds: read-only all the way down, or not; propagation; missing sources', async () => {
  const { engine } = bench;
  const here = scratch('binds');
  mkdirSync(join(here, 'src/sub'), { recursive: true });
  await bench.host.must('mount', ['-t', 'tmpfs', 'tmpfs', join(here, 'src/sub')]);
  try {
    const writes = async (mount: string) =>
      (
        await engine.docker(
          'run',
          '--rm',
          '--mount',
          `type=bind,src=${here}/src,dst=/m,${mount}`,
          'busybox',
          'touch',
          '/m/sub/f',
        )
      ).code;
    assert.equal(await writes('readonly'), 1);
    assert.equal(await writes('readonly,bind-recursive=writable'), 0);
    assert.equal(await writes('readonly,bind-recursive=readonly,bind-propagation=rprivate'), 1);
    const below = [
      'run',
      '--rm',
      '--mount',
      `type=bind,src=${here}/src,dst=/m,bind-recursive=disabled`,
      'busybox',
      'ls',
      '-A',
      '/m/sub',
    ];
    assert.equal(await engine.ok(...below), '');
    assert.match(
      await errorOf('run', '--rm', '--mount', `type=bind,src=${here}/nosuch,dst=/m`, 'busybox'),
      /invalid mount config for type "bind": bind source path does not exist: .*nosuch/,
    );
    await engine.ok('run', '--rm', '-v', `${here}/made:/m:Z,rslave`.replace(',rslave', ''), 'busybox', 'true');
    assert.ok(statSync(join(here, 'made')).isDirectory());
    assert.match(
      await errorOf('run', '--rm', '--mount', `type=bind,src=${here},dst=/`, 'busybox'),
      /destination can't be '\/'/,
    );
    assert.match(
      await errorOf('run', '--rm', '--mount', 'type=npipe,src=x,dst=/m', 'busybox'),
      /invalid mount config for type "npipe": mount type unknown/,
    );
  } finally {
    await bench.host.must('umount', [join(here, 'src/sub')]);
  }
});

test('tmpfs mounts take their options, beside a read-only root', async () => {
  const { engine } = bench;
  const show = async (...args: readonly string[]): Promise<string> =>
    engine.ok('run', '--rm', '--read-only', ...args, 'busybox', 'grep', ' /m ', '/proc/mounts');
  assert.match(
    await show('--tmpfs', '/m:size=64k,mode=700,exec'),
    /tmpfs (?!.*noexec)rw,nosuid,nodev.*size=64k,mode=700/,
  );
  assert.match(await show('--mount', 'type=tmpfs,dst=/m,tmpfs-size=1m,tmpfs-mode=711'), /noexec.*size=1024k,mode=711/);
  assert.match(await show('--mount', 'type=tmpfs,dst=/m,readonly'), /tmpfs ro,/);
  assert.match(
    await errorOf('run', '--rm', '--tmpfs', '/m:colour=red', 'busybox'),
    /invalid tmpfs option \["colour" "red"\]/,
  );
});

test('system df counts volumes', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    await engine.ok('volume', 'create', 'counted');
    writeFileSync(join(mountpoint('counted'), 'f'), Buffer.alloc(50_000));
    await engine.ok('create', '--name', 'counts', '-v', 'counted:/c', 'busybox', 'true');
    assert.match(
      await engine.ok('system', 'df', '-v', '--format', '{{range .Volumes}}{{.Name}} {{.Links}} {{.Size}}{{end}}'),
      /counted 1 50kB/,
    );
    await engine.ok('rm', 'counts');
    assert.match(await engine.ok('system', 'df'), /Local Volumes +1 +0 +50kB +50kB \(100%\)/);
    await engine.ok('volume', 'rm', 'counted');
  });
});

test('the command portolan makes, lists, shows, removes and prunes volumes', async () => {
  const { engine } = bench;
  const ours = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await engine.portolan('volume', ...args);
    assert.equal(code, 0, stderr);
    return stdout.trim();
  };
  assert.equal(await ours('create', '--label', 'of=ours', 'ours'), 'ours');
  assert.match(await ours('ls', '--filter', 'label=of=ours'), /^DRIVER +VOLUME NAME\nlocal +ours$/);
  assert.equal(await ours('inspect', '-f', '{{.Driver}} {{.Labels.of}}', 'ours'), 'local ours');
  assert.equal(await ours('rm', 'ours'), 'ours');
  assert.match((await engine.portolan('volume', 'rm', 'ours')).stderr, /get ours: no such volume/);
  await ours('create', 'left');
  assert.match(await ours('prune', '--force', '--all'), /^Deleted Volumes:\nleft\n/);
});

test('files of an image are mounted in a container of another, whole or in part, and keep the image', async () => {
  const { engine } = bench;
  await leavesNothing(engine, async () => {
    await engine.ok('run', '--name', 'maker', 'busybox', 'sh', '-c', 'mkdir -p /srv/site; echo hello >/srv/site/index');
    await engine.ok('commit', 'maker', 'files:1');
    await engine.ok('rm', 'maker');
    const refusal = async (mount: string): Promise<string> =>
      (await engine.portolan('run', '--rm', '--mount', mount, 'busybox', 'true')).stderr;
    assert.match(await refusal('type=image,src=nosuch,dst=/img'), /No such image: nosuch:latest/);
    assert.match(
      await refusal('type=image,src=files:1,dst=/img,image-subpath=../etc'),
      /subpath must be a relative path/,
    );
    assert.match(
      await refusal('type=image,src=files:1,dst=/img,image-subpath=absent'),
      /cannot access path .*absent: no such file/,
    );

    const mounts = [
      '--mount',
      'type=image,src=files:1,dst=/img',
      '--mount',
      'type=image,src=files:1,dst=/site,image-subpath=srv/site',
    ];
    // Debian's docker command is of a version of the API that does not know them.
    assert.equal(
      (await engine.portolan('run', '-d', '--name', 'reader', ...mounts, 'busybox', 'sleep', '1000')).code,
      0,
    );
    const read = (): Promise<string> => engine.ok('exec', 'reader', 'cat', '/img/srv/site/index', '/site/index');
    assert.equal(await read(), 'hello\nhello');
    assert.match((await engine.docker('exec', 'reader', 'touch', '/img/new')).stderr, /Read-only file system/);
    assert.equal(
      await engine.ok(
        'inspect',
        '-f',
        '{{range .Mounts}}{{.Type}} {{.Name}} {{.Destination}} {{.RW}};{{end}}',
        'reader',
      ),
      'image files:1 /img false;image files:1 /site false;',
    );
    assert.match(
      (await engine.docker('rmi', 'files:1')).stderr,
      /conflict: .* container [0-9a-f]{12} is using its referenced image/,
    );
    await engine.stop();
    await engine.launch();
    assert.equal(await read(), 'hello\nhello');
    await engine.ok('restart', '-t', '0', 'reader');
    assert.equal(await read(), 'hello\nhello');
    await engine.ok('run', '--rm', '--volumes-from', 'reader', 'busybox', 'cat', '/site/index');
    await engine.ok('stop', '-t', '0', 'reader');
    const copied = join(scratch('copied'), 'index');
    for (const path of ['/img/srv/site/index', '/site/index']) {
      await engine.ok('cp', `reader:${path}`, copied);
      assert.equal(readFileSync(copied, 'utf8'), 'hello\n');
      rmSync(copied);
    }
    await engine.ok('rm', '-f', 'reader');
    await engine.ok('rmi', 'files:1');
  });
});
