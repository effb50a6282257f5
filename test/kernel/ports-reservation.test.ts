import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { before } from 'node:test';
import { PortReservations } from '../../src/network/ports/index.ts';
import type { PortRequest } from '../../src/network/types.ts';
import { warmThreadPool } from '../../src/syscall/netns.ts';
import { type Host, kernelTest } from './fixture.ts';

before(warmThreadPool);

const web = { id: '1', name: 'web' };
const db = { id: '2', name: 'db' };
const request = (hostPort: number, change: Partial<PortRequest> = {}): PortRequest => ({
  protocol: 'tcp',
  containerPort: 80,
  hostIp: '',
  hostPortFirst: hostPort,
  hostPortLast: hostPort,
  ...change,
});
const range = (first: number, count: number): readonly PortRequest[] =>
  Array.from({ length: count }, (_, i) => request(first + i, { containerPort: first + i }));

/** "tcp *:8080", as ss sees them. */
const bound = (host: Host): readonly string[] =>
  host
    .run('ss', '-Htuln')
    .split('\n')
    .flatMap((line) =>
      line === '' ? [] : [line.split(/\s+/)].map(([protocol, , , , local]) => `${protocol} ${local}`),
    )
    .sort();

function open(host: Host): PortReservations {
  host.run('ip', 'link', 'set', 'lo', 'up');
  return new PortReservations({ netns: host.fd });
}

kernelTest('PortReservations hold ports with sockets that ss sees, until they are released', async (host) => {
  using ports = open(host);
  const published = await ports.reserve(web, [request(8080), request(8081, { hostIp: '127.0.0.1', protocol: 'udp' })]);
  assert.deepEqual(
    published.map(({ protocol, hostIp, hostPort, count }) => [protocol, hostIp, hostPort, count]),
    [
      ['tcp', '', 8080, 1],
      ['udp', '127.0.0.1', 8081, 1],
    ],
  );
  assert.deepEqual(bound(host), ['tcp *:8080', 'udp 127.0.0.1:8081']);
  for (let i = 0; i < 2; i++) ports.release('1');
  assert.deepEqual(bound(host), []);
});

kernelTest('PortReservations choose ephemeral ports in a circle, the same for both families', async (host) => {
  host.run('sysctl', '-qw', 'net.ipv4.ip_local_port_range=40000 40009', 'net.ipv4.ip_local_reserved_ports=40001');
  using ports = open(host);
  const any = (hostIp: string, change: Partial<PortRequest> = {}): PortRequest => request(0, { hostIp, ...change });
  const first = await ports.reserve(web, [
    any(''),
    any('0.0.0.0', { containerPort: 81 }),
    any('::', { containerPort: 81 }),
  ]);
  assert.deepEqual(
    first.map(({ hostIp, hostPort }) => `${hostIp}:${hostPort}`),
    [':40000', '0.0.0.0:40002', ':::40002'],
  );
  ports.release('1');
  assert.equal((await ports.reserve(web, [any('')]))[0]!.hostPort, 40003);
});

kernelTest('PortReservations say so when the ephemeral range is used up', async (host) => {
  host.run('sysctl', '-qw', 'net.ipv4.ip_local_port_range=40000 40001');
  using ports = open(host);
  await ports.reserve(web, [request(0), request(0, { containerPort: 81 })]);
  await assert.rejects(ports.reserve(db, [request(0)]), /^AppError: all ports are allocated$/);
});

kernelTest('PortReservations take the first free port of a range that is asked for', async (host) => {
  using ports = open(host);
  const choice = request(8000, { hostPortLast: 8002 });
  const got = await ports.reserve(web, [choice, request(8000, { containerPort: 90 }), choice]);
  assert.deepEqual(
    got.map(({ hostPort, containerPort }) => [hostPort, containerPort]),
    [
      [8000, 90],
      [8001, 80],
      [8002, 80],
    ],
  );
});

kernelTest('PortReservations name the container that has a port, and then take nothing', async (host) => {
  using ports = open(host);
  await ports.reserve(web, [request(8080)]);
  const wanted = [request(8079, { containerPort: 90 }), request(8080, { hostIp: '127.0.0.1' })];
  await assert.rejects(
    ports.reserve(db, wanted),
    /^AppError: Bind for 127\.0\.0\.1:8080 failed: port is already allocated \(by container web; /,
  );
  assert.deepEqual(bound(host), ['tcp *:8080']);
  await ports.reserve(db, wanted.slice(0, 1));
});

for (const count of [1, 500]) {
  kernelTest(`PortReservations name the process that has one of ${count} ports`, async (host) => {
    using ports = open(host);
    using listener = listening(host, 8080);
    await listener.ready;
    await assert.rejects(ports.reserve(db, range(8080, count)), (error: Error) => {
      assert.match(error.message, /^failed to bind host port 0\.0\.0\.0:8080\/tcp: address already in use/);
      assert.match(error.message, /\(by process \d+, socat\)$/);
      return true;
    });
    assert.deepEqual(bound(host), ['tcp 127.0.0.1:8080']);
  });
}

kernelTest('PortReservations refuse an address that the host does not have', async (host) => {
  using ports = open(host);
  await assert.rejects(
    ports.reserve(web, [request(8080, { hostIp: '198.51.100.7' })]),
    /^AppError: failed to bind host port 198\.51\.100\.7:8080\/tcp: cannot assign requested address$/,
  );
});

kernelTest('a reserved port answers nobody, and no other process gets it', async (host) => {
  using ports = open(host);
  await ports.reserve(web, [request(8080)]);
  const attempt = (...args: readonly string[]): string => {
    try {
      return host.run('socat', ...args);
    } catch (error) {
      return String((error as { stderr?: unknown }).stderr);
    }
  };
  assert.match(attempt('-u', 'TCP4:127.0.0.1:8080,connect-timeout=0.2', '-'), /timed out/);
  assert.match(attempt('-T0.1', 'TCP4-LISTEN:8080,bind=127.0.0.1,reuseaddr', '-'), /in use/);
});

kernelTest('restore() takes ports again, and keeps those in name that a process has bound meanwhile', async (host) => {
  using ports = open(host);
  using listener = listening(host, 8081);
  await listener.ready;
  const port = (hostPort: number) => ({ protocol: 'tcp', containerPort: 80, count: 1, hostIp: '', hostPort }) as const;
  const lost = await ports.restore(web, [port(8080), port(8081)]);
  assert.equal(lost.length, 1);
  assert.match(lost[0]!, /^failed to bind host port 0\.0\.0\.0:8081\/tcp: .* socat\)$/);
  await assert.rejects(ports.reserve(db, [request(8081)]), /port is already allocated \(by container web/);
  ports.release('1');
  await ports.reserve(db, [request(8080)]);
});

kernelTest('release() frees the ports of running relays at once', async (host) => {
  host.run('ip', 'link', 'set', 'lo', 'up');
  using ports = new PortReservations({ netns: host.fd, relay: true });
  const wanted = [request(8080), request(8080, { protocol: 'udp' })];
  for (let i = 0; i < 3; i++) {
    await ports.reserve(web, wanted);
    ports.serve('1', { ipv4: '192.0.2.2' });
    assert.deepEqual(bound(host), ['tcp *:8080', 'udp *:8080']);
    ports.release('1');
  }
  assert.deepEqual(bound(host), []);
});

kernelTest('500 ports as one range need no socket, and are ours all the same', async (host) => {
  using ports = open(host);
  const published = await ports.reserve(web, range(8000, 500));
  assert.deepEqual(
    published.map(({ hostPort, containerPort, count }) => [hostPort, containerPort, count]),
    [[8000, 8000, 500]],
  );
  assert.deepEqual(bound(host), []);
  await assert.rejects(ports.reserve(db, [request(8499)]), /port is already allocated \(by container web/);
});

/** A foreign listener on 127.0.0.1. */
function listening(host: Host, port: number): Disposable & { readonly ready: Promise<void> } {
  const args = [`--net=${host.path}`, 'socat', `TCP4-LISTEN:${port},bind=127.0.0.1,fork`, 'SYSTEM:true'];
  const child = spawn('nsenter', args, { stdio: 'ignore' });
  const ready = async (): Promise<void> => {
    while (!bound(host).includes(`tcp 127.0.0.1:${port}`)) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  return { ready: ready(), [Symbol.dispose]: () => void child.kill('SIGKILL') };
}
