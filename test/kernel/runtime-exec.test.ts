import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { collect, execOf, limits, type RuntimeLab, runtimeLab } from './runtime-lab.ts';

const skip = process.getuid?.() === 0 ? false : 'needs root';

async function running(t: Parameters<typeof runtimeLab>[0]): Promise<RuntimeLab> {
  const lab = await runtimeLab(t);
  await lab.run('one', ['sleep', '1000']);
  return lab;
}

test('exec runs as who, where and with what it is told, and keeps the streams apart', { skip }, async (t) => {
  const lab = await running(t);
  const ended = await lab.exec('one', ['sh', '-c', 'id -u; id -G; pwd; echo $A; echo bad >&2; exit 7'], {
    user: { uid: 1000, gid: 1001, additionalGids: [1002] },
    cwd: '/tmp',
    env: ['PATH=/bin', 'A=b'],
  });
  assert.deepEqual([ended.code, ended.stdout, ended.stderr], [7, '1000\n1001 1002\n/tmp\nb\n', 'bad\n']);
  assert.deepEqual(readdirSync(join(lab.root, 'exec/execs')), []);
});

test('exec has the container’s capabilities and filter; privileged, the engine’s', { skip }, async (t) => {
  const lab = await running(t);
  const status = async (privileged: boolean): Promise<string> =>
    (await lab.exec('one', ['grep', '-E', 'CapEff|Seccomp:', '/proc/self/status'], { privileged })).stdout;
  assert.match(await status(false), /^CapEff:\t00000000a80425fb\n/);
  const own = /^CapEff:\t(\w+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))![1];
  assert.match(await status(true), new RegExp(`^CapEff:\t${own}\n`));
});

test('exec passes stdin on, and its end', { skip }, async (t) => {
  const lab = await running(t);
  const handle = await lab.runtime.exec('one', { ...execOf(['wc', '-c']), openStdin: true });
  const attachment = await handle.attach();
  attachment.stdin!.end(Buffer.alloc(2_000_000));
  assert.equal((await collect(attachment)).stdout, '2000000\n');
  assert.equal((await handle.exit).code, 0);
});

test('exec on a terminal has one stream, a size that changes, and an exit code', { skip }, async (t) => {
  const lab = await running(t);
  const args = ['sh', '-c', 'stty size; read line; stty size; exit 9'];
  const size = { height: 33, width: 101 };
  const handle = await lab.runtime.exec('one', { ...execOf(args), tty: true, openStdin: true, consoleSize: size });
  const attachment = await handle.attach();
  const seen: string[] = [];
  for await (const { data } of attachment.output) {
    seen.push(data.toString());
    if (seen.join('') !== '33 101\r\n') continue;
    await handle.resize(20, 30);
    await new Promise((resolve) => setTimeout(resolve, 100));
    attachment.stdin!.write('\n');
  }
  assert.equal(seen.join(''), '33 101\r\n\r\n20 30\r\n');
  assert.equal((await handle.exit).code, 9);
});

for (const tty of [false, true]) {
  test(`exec says what it could not run, tty ${tty}`, { skip }, async (t) => {
    const lab = await running(t);
    await assert.rejects(lab.exec('one', ['nosuch'], { tty }), {
      kind: 'invalid',
      message:
        'OCI runtime exec failed: exec failed: unable to start container process: exec: "nosuch": ' +
        'executable file not found in $PATH: unknown',
    });
    assert.deepEqual(readdirSync(join(lab.root, 'exec/execs')), []);
  });

  test(`exec detached runs to its end, tty ${tty}`, { skip }, async (t) => {
    const lab = await running(t);
    const ended = await lab.exec('one', ['sh', '-c', 'echo out; touch /tmp/done; exit 3'], { tty, detached: true });
    assert.equal(ended.code, 3);
    assert.ok(existsSync(join(lab.root, 'rootfs/tmp/done')));
  });
}

test('processes and statistics are the container’s, and limits change while it runs', { skip }, async (t) => {
  const lab = await running(t);
  const pids = await lab.runtime.processes('one');
  const names = (): string[] => pids.map((pid) => readFileSync(`/proc/${pid}/comm`, 'utf8').trim());
  // Started means let go: the runtime's own first process turns into the program a moment later.
  while (names().some((name) => name.startsWith('runc'))) await sleep(5);
  assert.deepEqual(names(), ['sleep']);
  const before = await lab.runtime.stats('one');
  await lab.runtime.update('one', limits({ memoryBytes: 64 * 1024 * 1024, pidsLimit: 50 }));
  const after = await lab.runtime.stats('one');
  assert.deepEqual([after.memoryLimit, after.pidsLimit, after.pids], [64 * 1024 * 1024, 50, 1]);
  assert.ok(before.cpuTotalNs > 0 && before.memoryUsage > 0 && before.systemCpuNs > before.cpuTotalNs);
  await assert.rejects(lab.runtime.update('one', limits({ memoryBytes: 4096, memorySwapBytes: 1 })), {
    kind: 'invalid',
  });
});
