import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { must, type Result } from '../lab/index.ts';
import { until } from '../lab/until.ts';
import { engineForFile, listens } from './engine.ts';

const bench = engineForFile();

/** A folder of these files, Dockerfile among them. */
function contextOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(bench.engine.folder, 'context-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

const classic = { env: { DOCKER_BUILDKIT: '0' } };
const tryBuild = (folder: string, ...args: readonly string[]): Promise<Result> =>
  bench.engine.dockerWith(classic, 'build', ...args, folder);

async function build(folder: string, ...args: readonly string[]): Promise<string> {
  const { stdout, stderr, code } = await tryBuild(folder, ...args);
  assert.equal(code, 0, stdout + stderr);
  return stdout;
}

const run = (image: string, ...command: readonly string[]): Promise<string> =>
  bench.engine.ok('run', '--rm', image, ...command);
const inspect = (image: string, format: string): Promise<string> =>
  bench.engine.ok('image', 'inspect', '-f', format, image);

test('every instruction: what is built, how it is told, and from the cache the second time', async () => {
  const folder = contextOf({
    Dockerfile: [
      '# a comment',
      'ARG BASE=busybox',
      'FROM $BASE AS first',
      'MAINTAINER somebody',
      'ARG WHO=world',
      'ENV GREETING="hello $WHO" OTHER=$' + '{NONE:-none}',
      'LABEL tier=test "two words"="a b"',
      'WORKDIR /srv',
      'WORKDIR app',
      'COPY data.txt .',
      'COPY sub /srv/sub',
      'ADD *.md docs/',
      'RUN echo "$GREETING" > out && \\',
      '    # in between',
      '    cat data.txt >> out',
      'RUN ["sh", "-c", "echo exec form >> out; echo complaint >&2"]',
      'EXPOSE 8080:80 53/udp',
      'ARG ONE=1 TWO=2',
      'VOLUME /volume',
      'USER 12:34',
      'STOPSIGNAL SIGINT',
      'HEALTHCHECK --interval=5s CMD true',
      'SHELL ["/bin/sh", "-ec"]',
      'ONBUILD RUN echo triggered',
      'ENTRYPOINT ["cat"]',
      'CMD ["out"]',
    ].join('\n'),
    'data.txt': 'data\n',
    'sub/deep/file': 'deep',
    'a.md': 'a',
    'b.md': 'b',
  });
  const told = await build(folder, '-t', 'made:1', '--build-arg', 'WHO=you', '--build-arg', 'UNUSED=1');
  assert.match(told, /^Step 1\/23 : ARG BASE=busybox\nStep 2\/23 : FROM \$BASE AS first\n ---> [0-9a-f]{12}\n/m);
  assert.match(told, / ---> Running in [0-9a-f]{12}\n.*complaint.*---> Removed intermediate container [0-9a-f]{12}\n/s);
  assert.match(told, /\[Warning\] One or more build-args \[UNUSED\] were not consumed\n/);
  assert.match(told, /Successfully built [0-9a-f]{12}\nSuccessfully tagged made:1\n$/);
  assert.equal(await run('made:1'), 'hello you\ndata\nexec form');
  assert.match(await bench.engine.ok('history', '--no-trunc', 'made:1'), / ARG ONE=1 TWO=2 /);
  assert.equal(await run('made:1', '/srv/sub/deep/file', '/srv/app/docs/a.md', '/srv/app/docs/b.md'), 'deepab');
  const format =
    '{{json .Config.Labels}} {{.Config.User}} {{.Config.StopSignal}} {{json .Config.ExposedPorts}} {{json .Config.Volumes}} {{.Config.OnBuild}} {{.Config.WorkingDir}} {{.Author}} {{json .Config.Healthcheck}} {{json .Config.Shell}}';
  assert.equal(
    await inspect('made:1', format),
    '{"tier":"test","two words":"a b"} 12:34 SIGINT {"53/udp":{},"80/tcp":{}} {"/volume":{}} [RUN echo triggered] /srv/app somebody {"Test":["CMD-SHELL","true"],"Interval":5000000000} ["/bin/sh","-ec"]',
  );
  const again = await build(folder, '-t', 'made:1', '--build-arg', 'WHO=you');
  assert.equal(again.match(/ ---> Using cache\n/g)?.length, 21);
  const other = await build(folder, '-t', 'made:2', '--build-arg', 'WHO=me');
  assert.ok(!/Using cache\n.*\nStep 13\//.test(other));
  assert.equal(await run('made:2'), 'hello me\ndata\nexec form');
  writeFileSync(join(folder, 'data.txt'), 'changed\n');
  assert.match(
    await build(folder, '-t', 'made:1', '--build-arg', 'WHO=you'),
    /Step 8.*Using cache.*Step 9[^\n]*\n ---> [0-9a-f]{12}\n/s,
  );
  assert.equal(await run('made:1'), 'hello you\nchanged\nexec form');
  assert.equal(await bench.engine.ok('ps', '-aq'), '');
});

test('stages: by name, by number, as a base, from other images, up to a target; scratch', async () => {
  const folder = contextOf({
    Dockerfile: [
      'FROM busybox AS builder',
      'ENV KEPT=1',
      'RUN mkdir /out && echo built > /out/result && chown 7:8 /out/result',
      'FROM builder AS second',
      'RUN echo second >> /out/result',
      'FROM scratch',
      'COPY --from=busybox /bin/busybox /bin/busybox',
      'COPY --from=BUILDER /out/ /first/',
      'COPY --from=1 /out/result /second',
      'COPY --from=0 --chown=1:2 /out/result /owned',
      'CMD ["/bin/busybox", "stat", "-c", "%n %u:%g", "/first/result", "/second", "/owned"]',
    ].join('\n'),
  });
  await build(folder, '-t', 'stages:1');
  assert.equal(await run('stages:1'), '/first/result 7:8\n/second 7:8\n/owned 1:2');
  assert.equal(await run('stages:1', '/bin/busybox', 'cat', '/second'), 'built\nsecond');
  assert.match(await build(folder, '--target', 'second', '-t', 'stages:2'), /Step 5\/5 /);
  assert.equal(await run('stages:2', 'sh', '-c', 'echo $KEPT'), '1');
  assert.match((await tryBuild(folder, '--target', 'nope')).stderr, /target stage "nope" could not be found/);
});

test('COPY and ADD: folders, names, links, archives, owners; what leaves the context does not get in', async () => {
  const folder = contextOf({ 'dir/a': 'a', 'dir/sub/b': 'b', 'we ird': 'w', x1: '1', x2: '2', 'packed/p': 'p' });
  await bench.host.must('sh', [
    '-ec',
    `cd ${folder}; ln -s dir linked; ln -s x1 to-x1; chmod 700 dir/sub
     tar -cf plain.tar packed; tar -czf p.tgz packed; tar -cjf p.tbz packed; tar -cJf p.txz packed; printf 'no tar' | gzip > not.gz`,
  ]);
  writeFileSync(
    join(folder, 'Dockerfile'),
    [
      'FROM busybox',
      'RUN mkdir /real && ln -s /real /link && echo me:x:55:66::/: >> /etc/passwd && echo me:x:77: >> /etc/group',
      'COPY dir /d1',
      'COPY linked /d3',
      'COPY to-x1 /through-link',
      'COPY x? /many/',
      'COPY ["we ird", "/spaced name"]',
      'COPY x1 /real',
      'COPY x2 /link/through',
      'COPY --chown=me dir /owned/dir',
      'COPY --chown=5 x1 /owned/file',
      'COPY plain.tar /not-unpacked/',
      'ADD plain.tar p.tgz p.tbz p.txz /unpacked/',
      'ADD not.gz /unpacked/',
    ].join('\n'),
  );
  await build(folder, '-t', 'copied:1');
  const found = await run(
    'copied:1',
    'sh',
    '-c',
    'find through-link d1 d3 many real link/ owned not-unpacked unpacked "/spaced name" -exec stat -c "%n %a %u:%g" {} + | sort',
  );
  assert.equal(
    found,
    [
      '/spaced name 644 0:0',
      'd1 755 0:0',
      'd1/a 644 0:0',
      'd1/sub 700 0:0',
      'd1/sub/b 644 0:0',
      'd3 755 0:0',
      'd3/a 644 0:0',
      'd3/sub 700 0:0',
      'd3/sub/b 644 0:0',
      'link/ 755 0:0',
      'link/through 644 0:0',
      'link/x1 644 0:0',
      'many 755 0:0',
      'many/x1 644 0:0',
      'many/x2 644 0:0',
      'not-unpacked 755 0:0',
      'not-unpacked/plain.tar 644 0:0',
      'owned 755 55:77',
      'owned/dir 755 55:77',
      'owned/dir/a 644 55:77',
      'owned/dir/sub 700 55:77',
      'owned/dir/sub/b 644 55:77',
      'owned/file 644 5:5',
      'real 755 0:0',
      'real/through 644 0:0',
      'real/x1 644 0:0',
      'through-link 644 0:0',
      'unpacked 755 0:0',
      'unpacked/not.gz 644 0:0',
      'unpacked/packed 755 0:0',
      'unpacked/packed/p 644 0:0',
    ].join('\n'),
  );
});

test('steps that cannot be are refused in Docker’s words, and leave no container', async () => {
  const folder = contextOf({ x1: '1', x2: '2' });
  await bench.host.must('sh', [
    '-ec',
    `cd ${folder}; ln -s ../../../../../../etc/hostname evil; ln -s /etc/passwd abs`,
  ]);
  for (const [line, message] of [
    ['COPY evil /x', /COPY failed: .*stat evil: file does not exist/],
    ['COPY abs /x', /COPY failed: .*stat abs: file does not exist/],
    ['COPY ../other /x', /COPY failed: forbidden path outside the build context: \.\.\/other \(\)/],
    ['COPY nothing* /x', /COPY failed: no source files were specified/],
    [
      'COPY x1 x2 /file',
      /When using COPY with more than one source file, the destination must be a directory and end with a \//,
    ],
    ['COPY --chmod=755 x1 /x', /the --chmod option requires BuildKit/],
    ['COPY --chown=:7 x1 /x', /unable to convert uid\/gid chown string to host mapping: can't find uid for user : /],
    ['COPY --from=0 x1 /x', /invalid from flag value 0: refers to current build stage/],
    ['COPY --from=3 x1 /x', /invalid from flag value 3: index out of bounds/],
    ['COPY x1 /etc/passwd/', /failed to copy files: x1 to \/etc\/passwd: a file is in the way of a directory/],
    ['STOPSIGNAL FOO', /invalid signal: FOO/],
    ['EXPOSE 80/foo', /invalid proto: foo/],
    ['COPY --chown=nobodyhere x1 /x', /unable to convert uid\/gid chown string/],
    ['RUN <<EOF', /here-documents require BuildKit/],
    ['FOO bar', /dockerfile parse error on line 2: unknown instruction: FOO/],
    ['RUN exit 7', /The command '\/bin\/sh -c exit 7' returned a non-zero code: 7/],
    ['ENV A', /ENV must have two arguments/],
  ] as const) {
    writeFileSync(join(folder, 'Dockerfile'), `FROM busybox\n${line}\n`);
    const { code, stderr } = await tryBuild(folder, '--force-rm');
    assert.match(stderr, message, line);
    assert.equal(code, line.includes('exit 7') ? 7 : 1);
  }
  assert.equal(await bench.engine.ok('ps', '-aq'), '');
});

test('.dockerignore, a Dockerfile from elsewhere, labels, quiet, ONBUILD, --network, failures that leave their container', async () => {
  const { engine } = bench;
  const folder = contextOf({
    'other/Dockerfile': 'FROM busybox\nCOPY . /all\nRUN ip link | grep -c eth0 > /links; true\n',
    '.dockerignore': '*.log\nother\n.dockerignore\n',
    'a.log': '',
    kept: '',
  });
  const id = await build(folder, '-q', '-f', join(folder, 'other/Dockerfile'), '--label', 'k=$v', '--network', 'none');
  assert.match(id, /^sha256:[0-9a-f]{64}\n$/);
  assert.equal(await run(id.trim(), 'sh', '-c', 'find /all -type f; cat /links'), '/all/kept\n0');
  assert.equal(await inspect(id.trim(), '{{json .Config.Labels}}'), '{"k":"$v"}');
  const trigger = contextOf({ Dockerfile: 'FROM busybox\nONBUILD RUN echo now > /triggered\nONBUILD COPY f /f\n' });
  await build(trigger, '-t', 'trigger:1');
  const triggered = contextOf({ Dockerfile: 'FROM trigger:1\nRUN cat /f /triggered\n', f: 'file\n' });
  assert.match(await build(triggered, '-t', 'triggered:1'), /# Executing 2 build triggers\n.*file\nnow\n/s);
  assert.equal(await inspect('triggered:1', '{{len .Config.OnBuild}}'), '0');
  const broken = contextOf({ Dockerfile: 'FROM busybox\nRUN touch /evidence; false\n' });
  assert.equal((await tryBuild(broken)).code, 1);
  const left = await engine.ok('ps', '-aq');
  assert.equal(await engine.ok('diff', left), 'A /evidence');
  await engine.ok('rm', left);
});

test('images between the steps: hidden, shown with -a, gone with the last that was made from them', async () => {
  const { engine } = bench;
  await engine.ok('image', 'prune', '-f');
  const count = async (...args: readonly string[]): Promise<number> =>
    (await engine.ok('images', '-q', '--no-trunc', ...args)).split('\n').filter((line) => line !== '').length;
  const [before, all] = [await count(), await count('-a')];
  const folder = contextOf({ Dockerfile: 'FROM busybox\nENV A=1\nRUN echo 1 > /one\nENV B=2\n' });
  await build(folder, '-t', 'steps:1');
  assert.equal(await count(), before + 1);
  assert.equal(await count('-a'), all + 3);
  assert.equal(await count('-f', 'dangling=true'), 0);
  assert.doesNotMatch(
    await build(contextOf({ Dockerfile: 'FROM busybox\nENV A=1\n' }), '--no-cache', '-t', 'anew:1'),
    /Using cache/,
  );
  await engine.ok('rmi', 'anew:1');
  const parent = await inspect('steps:1', '{{.Parent}}');
  assert.match((await engine.docker('rmi', '-f', parent)).stderr, /image has dependent child images/);
  const file = join(engine.folder, 'steps.tar');
  await engine.ok('save', '-o', file, 'steps:1');
  assert.equal((await engine.ok('rmi', 'steps:1')).match(/^Deleted: /gm)?.length, 4);
  assert.equal(await count('-a'), all);
  await engine.ok('load', '-i', file);
  const loaded = await inspect('steps:1', '{{.Id}}');
  assert.equal((await build(folder, '--cache-from', 'steps:1', '-t', 'steps:2')).match(/Using cache/g)?.length, 3);
  assert.equal(await inspect('steps:2', '{{json .RootFS.Layers}}'), await inspect(loaded, '{{json .RootFS.Layers}}'));
});

test('a client that goes away ends its build, and so does a crash: nothing is left', async () => {
  const { engine } = bench;
  await engine.ok('image', 'prune', '-f');
  const folder = contextOf({ Dockerfile: 'FROM busybox\nRUN echo begun; sleep 600\n' });
  const begun = (): Promise<void> => until('the step runs', async () => (await engine.ok('ps', '-q')) !== '');
  const state = async () => ({
    kernel: await engine.leftovers(),
    all: await engine.ok('ps', '-aq'),
    images: (await engine.ok('images', '-aq')).split('\n').sort(),
  });
  const before = await state();
  const client = spawn('docker', ['build', folder], {
    env: { ...process.env, ...engine.environment, DOCKER_BUILDKIT: '0' },
  });
  await begun();
  client.kill('SIGKILL');
  await until('all is gone', async () => isDeepStrictEqual(await state(), before));
  assert.deepEqual(readdirSync(join(engine.dataRoot, 'builds')), []);
  const second = spawn('docker', ['build', folder], {
    env: { ...process.env, ...engine.environment, DOCKER_BUILDKIT: '0' },
  });
  const ended = once(second, 'exit');
  await begun();
  await engine.kill9();
  await ended;
  await engine.launch();
  await until('all is gone', async () =>
    isDeepStrictEqual({ ...(await state()), kernel: 0 }, { ...before, kernel: 0 }),
  );
  assert.ok(!existsSync(join(engine.dataRoot, 'builds')));
  assert.deepEqual(readdirSync(join(engine.dataRoot, 'overlay')), []);
});

test('requests that cannot be are refused with a reason, before anything is done', async () => {
  const { engine } = bench;
  const folder = contextOf({ Dockerfile: 'FROM busybox\n', empty: '', noFrom: 'RUN true\n' });
  for (const [args, message] of [
    [['-t', 'UPPER'], /must be lowercase/],
    [['-f', 'empty'], /the Dockerfile \(empty\) cannot be empty/],
    [['-f', 'noFrom'], /no build stage in current context/],
  ] as const) {
    const given = args[0] === '-f' ? ['-f', join(folder, args[1])] : args;
    assert.match((await tryBuild(folder, ...given)).stderr, message);
  }
  const ask = (query: string): Promise<string> =>
    bench.host.must('curl', [
      '-s',
      '--unix-socket',
      engine.socket,
      '-X',
      'POST',
      '--data-binary',
      'no tar',
      '-H',
      'Content-Type: application/x-tar',
      `http://docker/build?${query}`,
    ]);
  assert.match(await ask('version=2'), /BuildKit is not part of this engine/);
  assert.match(await ask('squash=1'), /squash is only supported with experimental mode/);
  assert.match(await ask('buildargs=%7B'), /error reading buildargs/);
  assert.match(await ask(''), /invalid tar header|unexpected EOF|Cannot locate/);
});

test('portolan build: the same image; its own reading of .dockerignore; a Dockerfile from elsewhere or standard input', async () => {
  const { engine } = bench;
  const folder = contextOf({
    Dockerfile: 'FROM busybox\nARG WHO\nCOPY . /all\nRUN echo $WHO > /who\n',
    '.dockerignore': '*\n!kept\n!sub/in\n',
    'sub/in': '',
    'sub/out': '',
    kept: 'k',
    left: '',
  });
  const made = await engine.portolan('build', '-t', 'mine:1', '--build-arg', 'WHO=me', '--label', 'a=b c', folder);
  assert.equal(made.code, 0, made.stderr);
  assert.match(made.stdout, /Successfully tagged mine:1\n$/);
  assert.equal(await run('mine:1', 'sh', '-c', 'find /all -type f | sort; cat /who'), '/all/kept\n/all/sub/in\nme');
  assert.equal(await inspect('mine:1', '{{json .Config.Labels}}'), '{"a":"b c"}');
  const file = join(folder, 'id');
  const more = ['--cpu-shares', '77', '--cpuset-cpus', '0', '--security-opt', 'no-new-privileges', '--iidfile', file];
  const held = contextOf({ Dockerfile: 'FROM busybox\nRUN grep -E "NoNewPrivs|allowed_list" /proc/self/status\n' });
  const limited = await engine.portolan('build', ...more, '-t', 'limited', held);
  assert.match(limited.stdout, /NoNewPrivs:\t1\nCpus_allowed_list:\t0\n/);
  assert.equal(readFileSync(file, 'utf8'), await inspect('limited', '{{.Id}}'));
  const other = contextOf({ Other: 'FROM busybox\nCOPY . /all\nRUN find /all -type f | sort && exit 5\n' });
  const failed = await engine.portolan('build', '-f', join(other, 'Other'), '--force-rm', folder);
  assert.deepEqual([failed.code, /\/all\/kept\n\/all\/sub\/in\n/.test(failed.stdout)], [5, true], failed.stdout);
  assert.match(failed.stderr, /returned a non-zero code: 5\n$/);
  const piped = await bench.host.must('sh', [
    '-c',
    `echo FROM busybox | DOCKER_HOST=unix://${engine.socket} bin/portolan build -q -`,
  ]);
  assert.equal(piped.trim(), await engine.ok('images', '-q', '--no-trunc', 'busybox'));
});

test('ADD of an address: fetched, not unpacked, under its own name or another; refusals tell the status', async () => {
  const { engine } = bench;
  const serve = 'mkdir -p /www/d && cd /www && echo fetched > d/file && tar -cf d/a.tar d/file && exec httpd -f -p 80';
  const server = await engine.ok('run', '-d', 'busybox', 'sh', '-c', serve);
  await listens(engine, server, 80);
  const address = `http://${await engine.ok('inspect', '-f', '{{.NetworkSettings.IPAddress}}', server)}/d`;
  const folder = contextOf({
    Dockerfile: `FROM busybox\nADD ${address}/file ${address}/a.tar /in/\nADD ${address}/file /as/it\n`,
  });
  await build(folder, '-t', 'added:1');
  assert.equal(
    await run('added:1', 'sh', '-c', 'stat -c "%n %a" /in/* /as/it; cat /as/it'),
    '/in/a.tar 600\n/in/file 600\n/as/it 600\nfetched',
  );
  for (const [line, message] of [
    [`ADD ${address}/none /x`, /ADD failed: failed to GET .* with status 404/],
    [`ADD ${address}/ /x/`, /with status 404|cannot determine filename/],
    [`COPY ${address}/file /x`, /source can not be a URL for COPY/],
    [
      'ADD http://127.0.0.1:1/x /x',
      /ADD failed: Get "http:\/\/127\.0\.0\.1:1\/x": dial tcp 127\.0\.0\.1:1: connect: connection refused/,
    ],
  ] as const) {
    writeFileSync(join(folder, 'Dockerfile'), `FROM busybox\n${line}\n`);
    assert.match((await tryBuild(folder)).stderr, message);
  }
  await engine.ok('rm', '-f', server);
  assert.deepEqual(readdirSync(join(engine.dataRoot, 'builds')), []);
});

test('the engine itself fetches a context: an archive, a Dockerfile alone, a repository; and what is imported', async () => {
  const { engine, host } = bench;
  const folder = contextOf({ 'part/Dockerfile': 'FROM busybox\nCOPY file /from-git\n', 'part/file': 'committed' });
  const git = (...args: readonly string[]) =>
    must('git', ['-C', folder, '-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args]);
  await git('init', '-q', '-b', 'main');
  await git('add', '.');
  await git('commit', '-q', '-m', 'one');
  const daemon = ['daemon', '--reuseaddr', '--export-all', '--listen=127.0.0.1', `--base-path=${dirname(folder)}`];
  host.spawn('git', daemon, { stdio: 'ignore' });
  const repository = `git://127.0.0.1/${basename(folder)}`;
  await until('git daemon', async () => (await host.exec('git', ['ls-remote', repository])).code === 0);
  const serve =
    'mkdir -p /www/c && cd /www/c && printf "FROM busybox\\nCOPY file /from-archive\\n" > Dockerfile && echo packed > file' +
    ' && tar -czf ../context.tgz . && printf "FROM busybox\\nRUN echo alone > /from-text\\n" > ../text && cd .. && exec httpd -f -p 80';
  const server = await engine.ok('run', '-d', 'busybox', 'sh', '-c', serve);
  await listens(engine, server, 80);
  const address = `http://${await engine.ok('inspect', '-f', '{{.NetworkSettings.IPAddress}}', server)}`;
  const remote = (from: string, more = ''): Promise<string> => {
    const url = `http://engine/v1.47/build?t=far:1&remote=${encodeURIComponent(from)}${more}`;
    return must('curl', ['-s', '-X', 'POST', '--unix-socket', engine.socket, url]);
  };
  for (const [from, path, content] of [
    [`${address}/context.tgz`, '/from-archive', 'packed'],
    [`${address}/text`, '/from-text', 'alone'],
    [`${repository}#main:part`, '/from-git', 'committed'],
    [`${repository}#:part`, '/from-git', 'committed'],
  ] as const) {
    assert.match(await remote(from), /Successfully tagged far:1/, from);
    assert.equal(await run('far:1', 'cat', path), content);
  }
  assert.match(await remote(`${address}/text`, '&dockerfile=sub/File'), /Successfully tagged far:1/);
  assert.match(await remote(`${address}/none`), /failed to GET .*\/none with status 404/);
  assert.match(await remote('ftp://127.0.0.1/x'), /could not be recognized as URL/);
  assert.match(await remote(`${repository}#nosuch`), /failed to fetch git:.*nosuch/);
  assert.match(await remote(`${repository}#main:../..`), /is not in the repository/);

  const imported = await engine.docker('import', `${address}/context.tgz`, 'fetched:1');
  assert.match(imported.stdout, /Downloading from http:\/\/.*context\.tgz[\s\S]*sha256:[0-9a-f]{64}/, imported.stderr);
  assert.match(
    (await engine.docker('import', `${address}/none`)).stderr,
    /^Error response from daemon: failed to GET .* with status 404/,
  );
  const built = await engine.portolan('build', '-t', 'far:2', `${repository}#main:part`);
  assert.match(built.stdout, /Successfully tagged far:2/, built.stderr);
  assert.equal((await engine.portolan('import', `${address}/context.tgz`, 'fetched:2')).code, 0);
  await engine.ok('rm', '-f', server);
  await engine.ok('rmi', 'fetched:1', 'fetched:2', 'far:1', 'far:2');
  assert.deepEqual(readdirSync(join(engine.dataRoot, 'builds')), []);
});
