import assert from 'node:assert/strict';
import { test } from 'node:test';
import { engineForFile, leavesNothing } from './engine.ts';

const bench = engineForFile();

test('what the refusals are tried against is there', async () => {
  await bench.engine.ok('run', '-d', '--name', 'taken', '-p', '9000:80', 'busybox', 'sleep', '1000');
  await bench.engine.ok('network', 'create', '--subnet', '10.77.0.0/16', 'net');
});

test('a signal that there is not leaves a paused container paused, and its policy as it is', async () => {
  const { engine } = bench;
  await engine.ok('run', '-d', '--name', 'held', '--restart', 'always', 'busybox', 'sleep', '1000');
  await engine.ok('pause', 'held');
  await assert.rejects(engine.ok('stop', '-s', 'nosuch', 'held'), /invalid signal: nosuch/);
  await assert.rejects(engine.ok('restart', '-s', 'nosuch', 'held'), /invalid signal: nosuch/);
  assert.equal(await engine.ok('inspect', '-f', '{{.State.Status}}', 'held'), 'paused');
  await engine.ok('rm', '-f', 'held');
});

const cases: readonly { readonly args: string; readonly code?: number; readonly text: RegExp }[] = [
  { args: 'run --rm nosuchimage true', code: 125, text: /nosuchimage/ },
  { args: 'inspect nosuch', text: /No such object: nosuch/ },
  { args: 'start nosuch', text: /No such container: nosuch/ },
  { args: 'rm nosuch', text: /No such container: nosuch/ },
  { args: 'rmi nosuch', text: /No such image: nosuch/ },
  { args: 'save nosuch', text: /Error response from daemon: No such image: nosuch$/m },
  { args: 'save busybox:nosuch', text: /Error response from daemon: reference does not exist/ },
  { args: 'tag busybox sha256', text: /refusing to create an ambiguous tag using digest algorithm as name/ },
  { args: 'stop -s nosuch taken', text: /cannot stop container: taken: invalid signal: nosuch/ },
  { args: 'restart -s nosuch taken', text: /Cannot restart container taken: invalid signal: nosuch/ },
  {
    args: 'create --platform linux/arm64 --pull never busybox',
    text: /its platform \(linux\/amd64\) does not match the/,
  },
  { args: 'create --platform nosuch --pull never busybox', text: /"nosuch": unknown operating system or architecture/ },
  { args: 'network inspect nosuch', text: /network nosuch not found|No such network: nosuch/ },
  { args: 'network rm nosuch', text: /network nosuch not found|No such network: nosuch/ },
  { args: 'network rm bridge', text: /bridge is a pre-defined network and cannot be removed/ },
  { args: 'network create net', text: /network with name net already exists/ },
  { args: 'network create -d nosuch x1', text: /plugin "nosuch" not found/ },
  { args: 'network create -d host x1', text: /only one instance of "host" network is allowed/ },
  {
    args: 'network create --subnet 10.77.1.0/24 x1',
    text: /invalid pool request: Pool overlaps with other one on this address space/,
  },
  {
    args: 'network create --subnet 10.0.0.1/24 x1',
    text: /invalid subnet 10\.0\.0\.1\/24: it should be 10\.0\.0\.0\/24/,
  },
  { args: 'network create --subnet nonsense x1', text: /nonsense/ },
  {
    args: 'network create --subnet 10.78.0.0/24 --gateway 10.79.0.1 x1',
    text: /no matching subnet for gateway 10\.79\.0\.1/,
  },
  {
    args: 'network create -o com.docker.network.driver.mtu=much x1',
    text: /failed to parse com\.docker\.network\.driver\.mtu value: much/,
  },
  { args: 'network connect net nosuch', text: /No such container: nosuch/ },
  { args: 'network connect bridge taken', text: /endpoint with name taken already exists in network bridge/ },
  { args: 'network disconnect net taken', text: /is not connected to (the )?network net/ },
  { args: 'network connect host taken', text: /cannot connect container to host network/ },
  {
    args: 'run --name taken busybox true',
    code: 125,
    text: /The container name "\/taken" is already in use by container/,
  },
  {
    args: 'exec -u nosuch taken true',
    text: /Error response .* unable to find user nosuch: no matching entries in passwd/,
  },
  { args: 'exec -u 0:nosuch taken true', text: /Error response .* unable to find group nosuch: no matching entries/ },
  { args: 'exec --detach-keys a,,b taken true', text: /Invalid escape keys \(a,,b\) provided/ },
  { args: 'run --rm --network nosuch busybox true', code: 125, text: /network nosuch not found/ },
  {
    args: 'run --rm --network bridge --ip 172.17.0.9 busybox true',
    code: 125,
    text: /user.specified IP address is supported on user.defined networks only/,
  },
  {
    args: 'run --rm --network net --ip 10.1.1.1 busybox true',
    code: 125,
    text: /no configured subnet contains IP address 10\.1\.1\.1/,
  },
  { args: 'run --rm --memory 1m busybox true', code: 125, text: /Minimum memory limit allowed is 6MB/ },
  {
    args: 'run --rm -p 9000:80 busybox true',
    code: 125,
    text: /Bind for 0\.0\.0\.0:9000 failed: port is already allocated/,
  },
  {
    args: 'run --rm --network none -p 1:1 --cpus 9999 busybox true',
    code: 125,
    text: /range of CPUs/,
  },
  { args: 'run --rm -w relative busybox true', code: 125, text: /the working directory 'relative' is invalid/ },
  {
    args: 'run --rm --mount type=bind,src=/no/such,dst=/x busybox true',
    code: 125,
    text: /bind source path does not exist: \/no\/such/,
  },
  { args: 'kill -s NOSUCH taken', text: /[Ii]nvalid signal: NOSUCH/ },
  { args: 'rm taken', text: /container is running/ },
  { args: 'unpause taken', text: /is not paused/ },
  { args: 'rename taken taken', text: /same name as its current name/ },
  { args: 'load -i /etc/passwd', text: /./ },
  // A lab host reaches no registry.
  { args: 'pull nosuch', text: /Get "https:\/\/registry-1\.docker\.io\/v2\/": / },
  { args: 'build -q /tmp/does-not-matter', text: /./ },
];

for (const { args, code, text } of cases) {
  test(`docker ${args} is refused with Docker’s text and leaves nothing`, async () => {
    await leavesNothing(bench.engine, async () => {
      const result = await bench.engine.docker(...args.split(' '));
      assert.equal(result.code, code ?? 1, result.stderr);
      assert.match(result.stderr, text);
    });
  });
}
