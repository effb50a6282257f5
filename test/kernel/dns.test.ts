import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, test } from 'node:test';
import { Lab, type LabHost } from '../lab/host.ts';
import { patience } from '../lab/patience.ts';
import type { Setting } from './dns/engine.ts';

const node = resolve(import.meta.dirname, '../../bin/node24');

/** A program of test/kernel/dns in a lab host, once it says it is ready; `lines` goes on with what it prints. */
async function program(
  host: LabHost,
  name: string,
  ...args: string[]
): Promise<{ child: ChildProcess; lines: string[] }> {
  const file = resolve(import.meta.dirname, 'dns', name);
  const child = host.spawn(node, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout! });
  reader.on('line', (line) => lines.push(line));
  const [first] = await once(reader, 'line');
  assert.equal(first, 'ready');
  return { child, lines };
}

const nameServer = (host: LabHost, mode: string, address: string) => program(host, 'name-server.ts', mode, address);
const engineFor = (lab: { engine: LabHost; box: LabHost }, setting: Setting = {}) =>
  program(lab.engine, 'engine.ts', lab.box.netnsPath, JSON.stringify(setting));

/** Two lab hosts: where the engine runs, and a sandbox. Both are on the segment. */
async function hosts(lab: Lab): Promise<{ engine: LabHost; box: LabHost }> {
  return { engine: await lab.host('engine'), box: await lab.host('box') };
}

/** Answer section of `dig` in the sandbox, with the status in front: ["NOERROR", "172.18.0.2"]. */
async function dig(box: LabHost, ...args: string[]): Promise<string[]> {
  const text = await box.must('dig', ['@127.0.0.11', '+tries=1', '+time=6', '+noall', '+comments', '+answer', ...args]);
  const status = /status: (\w+)/.exec(text)?.[1] ?? 'none';
  const data = text.split('\n').filter((line) => line !== '' && !line.startsWith(';'));
  return [status, ...data.map((line) => line.split(/\s+/).slice(4).join(' '))];
}

describe('Resolver in a sandbox, asked by dig', () => {
  test('answers names of its networks over UDP and TCP', async () => {
    await using lab = new Lab();
    const { engine, box } = await hosts(lab);
    await engineFor({ engine, box });
    assert.deepEqual(await dig(box, 'web'), ['NOERROR', '172.18.0.2']);
    assert.deepEqual(await dig(box, 'WWW.Front', 'AAAA'), ['NOERROR', 'fd00::2']);
    assert.deepEqual(await dig(box, '+tcp', 'db'), ['NOERROR', '172.18.0.3']);
    assert.deepEqual(await dig(box, 'db', 'AAAA'), ['NOERROR']);
    assert.deepEqual(await dig(box, 'db', 'MX'), ['NOERROR']);
    assert.deepEqual(await dig(box, '-x', '172.18.0.2'), ['NOERROR', 'web.front.']);
    assert.deepEqual(await dig(box, '_80._tcp.www', 'SRV'), ['NOERROR', '0 0 80 web.front.']);
    assert.deepEqual(await dig(box, '_443._tcp.www', 'SRV'), ['NOERROR']);
  });

  test('lets dig come back over TCP for what does not fit', async () => {
    await using lab = new Lab();
    const { engine, box } = await hosts(lab);
    await engineFor({ engine, box });
    assert.equal((await dig(box, '+noedns', '+ignore', 'many')).length - 1, Math.floor((512 - 22) / 16));
    assert.equal((await dig(box, '+noedns', 'many')).length - 1, 100);
    assert.equal((await dig(box, '+bufsize=4096', '+ignore', 'many')).length - 1, 100);
  });

  test('leaves port 53 of all addresses to a name server of the container’s own', async () => {
    await using lab = new Lab();
    const { engine, box } = await hosts(lab);
    await engineFor({ engine, box });
    await nameServer(box, 'answer', '0.0.0.0');
    const own = await engine.must('dig', [`@${box.ipv4}`, '+short', 'any.example']);
    assert.equal(own.trim(), engine.ipv4);
    assert.deepEqual(await dig(box, 'web'), ['NOERROR', '172.18.0.2']);
    assert.deepEqual(await dig(box, '+tcp', 'web'), ['NOERROR', '172.18.0.2']);
  });

  test('works where the container tracks connections and drops what is invalid', async () => {
    await using lab = new Lab();
    const { engine, box } = await hosts(lab);
    await engineFor({ engine, box });
    const rules = `table inet own {
      chain in { type filter hook input priority 0; policy drop; ct state invalid counter drop; iifname "lo" accept; }
      chain out { type filter hook output priority 0; ct state invalid counter drop; }
    }`;
    await box.must('nft', ['-f', '-'], { input: rules });
    assert.deepEqual(await dig(box, 'web'), ['NOERROR', '172.18.0.2']);
    assert.deepEqual(await dig(box, '+tcp', 'web'), ['NOERROR', '172.18.0.2']);
  });

  test('survives noise', async () => {
    await using lab = new Lab();
    const { engine, box } = await hosts(lab);
    const { child } = await engineFor({ engine, box });
    for (const input of ['', 'x', '\0'.repeat(12), '\xff'.repeat(600), `\0\x05\x01\0\0\x01${'\0'.repeat(6)}\x3fa`]) {
      await box.must('socat', ['-u', '-', 'UDP4-SENDTO:127.0.0.11:53'], { input });
      await box.must('socat', ['-u', '-', 'TCP4:127.0.0.11:53'], { input });
    }
    assert.deepEqual(await dig(box, 'web'), ['NOERROR', '172.18.0.2']);
    assert.equal(child.exitCode, null);
  });

  test('is there again after a crash, with the same rules', async () => {
    await using lab = new Lab();
    const { engine, box } = await hosts(lab);
    const { child } = await engineFor({ engine, box });
    assert.deepEqual(await dig(box, '+tcp', 'web'), ['NOERROR', '172.18.0.2']);
    const before = await box.must('nft', ['--handle', 'list', 'ruleset']);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await engineFor({ engine, box });
    assert.deepEqual(await dig(box, 'web'), ['NOERROR', '172.18.0.2']);
    assert.equal(await box.must('nft', ['--handle', 'list', 'ruleset']), before);
  });

  test('takes other ports, and replaces its rules, when its own are taken', async () => {
    await using lab = new Lab();
    const { engine, box } = await hosts(lab);
    const { child } = await engineFor({ engine, box });
    child.kill('SIGKILL');
    await once(child, 'exit');
    box.spawn('socat', ['-u', 'UDP4-RECV:21053', '-']);
    await box.must('sh', ['-c', 'until ss -uln | grep -q :21053; do sleep 0.05; done']);
    await engineFor({ engine, box });
    assert.deepEqual(await dig(box, 'web'), ['NOERROR', '172.18.0.2']);
    assert.equal((await box.must('nft', ['list', 'chains', 'ip'])).match(/chain to-/g)?.length, 1);
  });
});

describe('Resolver, asked for names of others', () => {
  test('asks the host’s servers from the host', async () => {
    await using lab = new Lab();
    const { engine, box } = await hosts(lab);
    const { lines } = await nameServer(engine, 'answer', '127.0.0.1');
    await engineFor({ engine, box }, { hostServers: ['127.0.0.1'] });
    assert.deepEqual(await dig(box, 'other.example'), ['NOERROR', '127.0.0.1']);
    assert.deepEqual(await dig(box, 'no.example'), ['NXDOMAIN']);
    assert.deepEqual(await dig(box, 'web'), ['NOERROR', '172.18.0.2']);
    assert.deepEqual(lines.slice(1), ['udp other.example', 'udp no.example']);
  });

  test('asks the sandbox’s servers from the sandbox', async () => {
    await using lab = new Lab();
    const { engine, box } = await hosts(lab);
    const outside = await lab.host('dns');
    await nameServer(outside, 'answer', outside.ipv4);
    await engineFor({ engine, box }, { servers: [outside.ipv4], hostServers: ['127.0.0.1'] });
    assert.deepEqual(await dig(box, 'other.example'), ['NOERROR', box.ipv4]);
    assert.deepEqual(await dig(box, '+tcp', 'other.example'), ['NOERROR', box.ipv4]);
  });

  test('passes large answers on over TCP', async () => {
    await using lab = new Lab();
    const { engine, box } = await hosts(lab);
    const { lines } = await nameServer(engine, 'answer', '127.0.0.1');
    await engineFor({ engine, box }, { hostServers: ['127.0.0.1'] });
    assert.equal((await dig(box, 'big.example')).length - 1, 100);
    assert.deepEqual(lines.slice(1), ['udp big.example', 'tcp big.example']);
  });

  test('goes on to the next server at once after a refusal, and soon when one is silent', async () => {
    await using lab = new Lab();
    const { engine, box } = await hosts(lab);
    await nameServer(engine, 'refuse', '127.0.0.2');
    await nameServer(engine, 'silent', '127.0.0.3');
    await nameServer(engine, 'answer', '127.0.0.4');
    const closed = '127.0.0.9';
    for (const [servers, atLeastMs, atMostMs] of [
      // Two waits of 200 ms, if there were any.
      [[closed, '127.0.0.2', '127.0.0.4'], 0, 390],
      [['127.0.0.3', '127.0.0.4'], 190, 1000],
    ] as const) {
      const { child } = await engineFor({ engine, box }, { hostServers: servers });
      const text = await box.must('dig', ['@127.0.0.11', 'other.example']);
      const took = Number(/Query time: (\d+) msec/.exec(text)?.[1]);
      assert.match(text, /status: NOERROR/);
      assert.ok(took >= atLeastMs && took < atMostMs * patience, `${servers}: ${took} ms`);
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  });

  test('waits twice for a server that is silent, not for each question', async () => {
    await using lab = new Lab();
    const { engine, box } = await hosts(lab);
    const { lines } = await nameServer(engine, 'silent', '127.0.0.3');
    await nameServer(engine, 'answer', '127.0.0.4');
    await engineFor({ engine, box }, { hostServers: ['127.0.0.3', '127.0.0.4'] });
    const took: number[] = [];
    for (const name of ['one', 'two', 'three', 'four']) {
      const text = await box.must('dig', ['@127.0.0.11', `${name}.example`]);
      took.push(Number(/Query time: (\d+) msec/.exec(text)?.[1]));
    }
    assert.ok(took[0]! >= 190 && took[1]! >= 190 && Math.min(took[2]!, took[3]!) < 190, `${took} ms`);
    assert.deepEqual(lines.slice(1), ['udp one.example', 'udp two.example']);
  });

  test('takes the word of the first server about names that the second does not know', async () => {
    await using lab = new Lab();
    const { engine, box } = await hosts(lab);
    await nameServer(engine, 'slow', '127.0.0.3');
    await nameServer(engine, 'unknown', '127.0.0.4');
    await engineFor({ engine, box }, { hostServers: ['127.0.0.3', '127.0.0.4'] });
    assert.deepEqual(await dig(box, 'only.inside.example'), ['NOERROR', '127.0.0.1']);
  });

  test('says SERVFAIL when no server knows better', async () => {
    await using lab = new Lab();
    const { engine, box } = await hosts(lab);
    await nameServer(engine, 'refuse', '127.0.0.2');
    await engineFor({ engine, box }, { hostServers: ['127.0.0.2', '127.0.0.9'] });
    assert.deepEqual(await dig(box, 'other.example'), ['SERVFAIL']);
    assert.deepEqual(await dig(box, '+tcp', 'other.example'), ['SERVFAIL']);
  });

  test('lets nothing out through the host for a sandbox on internal networks only', async () => {
    await using lab = new Lab();
    const { engine, box } = await hosts(lab);
    const { lines } = await nameServer(engine, 'answer', '127.0.0.1');
    await engineFor({ engine, box }, { hostServers: ['127.0.0.1'], internalOnly: true });
    assert.deepEqual(await dig(box, 'other.example'), ['SERVFAIL']);
    assert.deepEqual(lines, ['ready']);
  });
});
