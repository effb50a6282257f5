import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { engineForFile, leavesNothing } from '../e2e/engine.ts';
import { type CommandOptions, type Result, run } from '../lab/command.ts';
import { program } from './installed.ts';

const bench = engineForFile();
const folder = mkdtempSync(join(tmpdir(), 'ptl-cli-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const archive = (name: string): string => join(folder, name);
mkdirSync(archive('context'));
writeFileSync(archive('context/page'), 'a page\n');
const dockerfile = 'FROM busybox\nARG COLOUR\nCOPY page /page\nENV C=$COLOUR\nCMD echo $C $(cat /page)\n';
writeFileSync(archive('context/Dockerfile'), dockerfile);
writeFileSync(archive('outside'), dockerfile);

/** Arguments, the exit code, and what both streams together must match. */
type Step = readonly [args: string, code: number, said?: RegExp];

/** One after another, for every command of docker's that has to do with an engine. */
const walk: readonly Step[] = [
  ['version', 0, /Server:.* Portolan/],
  ['info', 0, /Storage Driver: overlay2.*Swarm: inactive/s],
  ['volume create --label part=1 kept', 0, /^kept$/],
  ['network create --subnet 10.93.0.0/24 --label part=1 wire', 0, /^[0-9a-f]{64}$/],
  ['run -d --name one --network wire -p 18082:80 -v kept:/data --label part=1 busybox sleep 1000', 0, /^[0-9a-f]{64}$/],
  ['container ls --filter label=part=1', 0, /sleep 1000.*Up.*0\.0\.0\.0:18082->80\/tcp.*one/],
  ['container ls --all --size --no-trunc', 0, /virtual/],
  ['container port one', 0, /^80\/tcp -> 0\.0\.0\.0:18082/],
  ['container exec one sh -c exit\\ 3', 3],
  ['container exec -e COLOUR=blue -w /data one sh -c echo\\ $COLOUR;pwd', 0, /^blue\n\/data$/],
  ['container exec one touch /data/file /new', 0],
  ['container exec one absent', 127, /executable file not found/],
  ['container top one', 0, /sleep 1000/],
  ['container stats --no-stream one', 0, /one .*0\.0/],
  ['container diff one', 0, /^A \/new$/m],
  [`container cp ${archive('context')} one:/given`, 0],
  ['container exec one cat /given/page', 0, /^a page$/],
  [`container cp one:/given/page ${archive('page')}`, 0],
  [
    'container cp one:/absent -',
    1,
    /Could not find the file \/absent in container one|No such container:path: one:\/absent/,
  ],
  ['container update --memory 64m --memory-swap 64m one', 0, /^one$/],
  ['inspect one --format {{.HostConfig.Memory}}', 0, /^67108864$/],
  ['container pause one', 0],
  ['container exec one true', 1, /is paused, unpause the container before exec/],
  ['container unpause one', 0],
  ['container rename one two', 0],
  ['container commit -m kept two made:1', 0, /^sha256:/],
  [`container export -o ${archive('export.tar')} two`, 0],
  ['container restart -t 0 two', 0],
  ['container kill two', 0],
  ['container wait two', 0, /^137$/],
  ['container start two', 0],
  ['container stop -t 0 two', 0],
  ['network connect --alias other bridge two', 1, /network-scoped aliases are only supported/],
  ['network connect bridge two', 0],
  ['network disconnect bridge two', 0],
  ['network inspect wire', 0, /"Subnet": "10\.93\.0\.0\/24"/],
  ['network ls --filter label=part=1 --format {{.Name}}', 0, /^wire$/],
  ['network rm bridge', 1, /bridge is a pre-defined network and cannot be removed/],
  ['volume inspect kept', 0, /"Mountpoint"/],
  ['volume rm kept', 1, /volume is in use/],
  ['volume ls --filter label=part=1 --quiet', 0, /^kept$/],
  ['container rm two', 0],
  ['create --name three busybox sh -c echo\\ said;exit\\ 4', 0],
  ['start --attach three', 4, /^said$/],
  ['logs --timestamps three', 0, /^\d{4}-\d\d-\d\dT\S+Z said$/],
  ['container rm three', 0],
  [
    'run --rm --read-only --tmpfs /scratch -m 32m --cpus .5 --pids-limit 20 --ulimit nofile=99 busybox sh -c ulimit\\ -n',
    0,
    /^99$/,
  ],
  [
    'run --rm --user 1000:1000 --hostname named --cap-drop all --security-opt no-new-privileges busybox hostname',
    0,
    /^named$/,
  ],
  ['run --rm busybox /etc/passwd', 126, /permission denied/i],
  ['run --rm --name absent/name busybox', 125, /Invalid container name/],
  ['image ls', 0, /busybox +latest/],
  ['image history made:1', 0, /kept/],
  [`image save -o ${archive('image.tar')} made:1`, 0],
  ['image rm made:1', 0, /Untagged: made:1/],
  [`image load -i ${archive('image.tar')}`, 0, /Loaded image: made:1/],
  [`image import -c ENV\\ A=b ${archive('export.tar')} imported:1`, 0, /^sha256:/],
  ['run --rm imported:1 sh -c echo\\ $A;ls\\ /new', 0, /^b\n\/new$/],
  ['image tag made:1 made:2', 0],
  ['image inspect made:2 --format {{.Os}}', 0, /^linux$/],
  ['image rm made:1 made:2 imported:1', 0],
  [`image build -t built:1 --build-arg COLOUR=blue ${archive('context')}`, 0, /Successfully tagged built:1/],
  ['run --rm built:1', 0, /^blue a page$/],
  [`image build -t built:1 -f ${archive('outside')} ${archive('context')}`, 0, /Successfully tagged built:1/],
  [`image build -q --no-cache --target none ${archive('context')}`, 1, /target stage "none" could not be found/],
  ['image history --format {{.CreatedBy}} built:1', 0, /COPY file/],
  ['image rm built:1', 0],
  ['system df -v', 0, /Local Volumes space usage/],
  ['events --since 1h --until 0s --filter container=two --filter event=restart', 0, /container restart/],
  ['container prune --force', 0, /Total reclaimed space/],
  ['volume prune --force --filter label=none', 0, /Total reclaimed space/],
  ['network prune --force --filter label=part=1', 0, /wire/],
  ['volume rm kept', 0],
  ['image prune --force', 0, /Total reclaimed space/],
  ['system prune --force --volumes', 0, /^Total reclaimed space: 0B$/],
  ['swarm leave', 1, /This node is not part of a swarm/],
  ['service ls', 1, /This node is not a swarm manager/],
  ['plugin ls', 0],
  ['inspect absent', 1, /No such object: absent/],
];

/** Words; a backslash keeps a blank. */
const words = (line: string): string[] =>
  (line.match(/(?:\\.|\S)+/g) ?? []).map((word) => word.replace(/\\(.)/g, '$1'));

const versionOf = (path: string): string => execFileSync(path, ['--version'], { encoding: 'utf8' });
const older = program('docker-20', 'usr/bin/docker');
const newer = program('docker-26', 'usr/bin/docker');
const seen = [older, newer].map(({ path }) => path && versionOf(path));
const versions = [
  { name: 'docker 20.10', program: older },
  { name: 'docker 26.1', program: newer },
  {
    name: "the machine's docker",
    program: { path: 'docker', skip: seen.includes(versionOf('docker')) && 'it is one of the above' },
  },
];

for (const { name, program } of versions) {
  describe(name, { skip: program.skip }, () => {
    const docker = (args: readonly string[], options: CommandOptions = {}): Promise<Result> =>
      run(program.path, args, { ...options, env: bench.engine.environment });

    test('does what its manual says, command by command', async (t) => {
      t.after(async () => {
        await docker(['rm', '--force', '--volumes', 'one', 'two', 'three']);
        await docker(['network', 'rm', 'wire']);
        await docker(['volume', 'rm', 'kept']);
      });
      await leavesNothing(bench.engine, async () => {
        for (const [line, code, said] of walk) {
          const result = await docker(words(line));
          const output = (result.stdout + result.stderr).trim();
          assert.equal(result.code, code, `docker ${line}: ${output}`);
          if (said) assert.match(output, said, `docker ${line}`);
        }
        assert.equal(readFileSync(archive('page'), 'utf8'), 'a page\n');
      });
    });

    test('says why a build asked of BuildKit is none', async () => {
      const env = { ...bench.engine.environment, DOCKER_BUILDKIT: '1' };
      const { code, stderr } = await run(program.path, ['build', archive('context')], { env });
      assert.equal(code, 1);
      assert.match(stderr, /the buildx component is missing|unable to upgrade to h2c, received 501/);
    });

    test('passes input and output through, whole', async () => {
      const input = `${'x'.repeat(99)}\n`.repeat(20_000);
      const { stdout, code } = await docker(['run', '--rm', '-i', 'busybox', 'cat'], { input });
      assert.equal(code, 0);
      assert.equal(stdout, input);
    });
  });
}
