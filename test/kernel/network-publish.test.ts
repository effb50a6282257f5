import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PortRequest } from '../../src/network/index.ts';
import { containerId, endpoint, NetworkLab, networkCreate } from '../lab/network-lab.ts';

const a = containerId('a');
const b = containerId('b');
const c = containerId('c');

const port = (containerPort: number, hostPort: number, protocol: 'tcp' | 'udp' = 'tcp'): PortRequest => ({
  protocol,
  containerPort,
  hostIp: '',
  hostPortFirst: hostPort,
  hostPortLast: hostPort,
});

const publishedOn = (lab: NetworkLab): string => lab.nft('list', 'map', 'inet', 'portolan-lab', 'publish4');
const listening = (lab: NetworkLab): string => lab.run('ss', '-Hltn');

test('ports of a container on an internal network wait until it is connected to one that leads out', async (t) => {
  const lab = await NetworkLab.start(t);
  await lab.network.createNetwork(networkCreate('inner', { internal: true }));
  await lab.up(a, ['inner'], { ports: [port(80, 18_080)] });
  assert.deepEqual(lab.network.sandboxOf(a)!.sandbox.ports, []);
  assert.doesNotMatch(listening(lab), /:18080 /);

  await lab.network.connect(a, 'bridge', endpoint());
  assert.equal(lab.network.sandboxOf(a)!.sandbox.ports[0]?.hostPort, 18_080);
  assert.match(publishedOn(lab), /tcp . 18080 .*: 172\.17\.0\.2 . 80/);
  assert.match(listening(lab), /:18080 /);

  await lab.network.disconnect(a, 'bridge');
  assert.deepEqual(lab.network.sandboxOf(a)!.sandbox.ports, []);
  assert.doesNotMatch(publishedOn(lab), /18080/);
  assert.doesNotMatch(listening(lab), /:18080 /);
  assert.equal(lab.mends.length, 0);
});

test('connect() is refused when the ports that it would publish are taken, and nothing of it stays', async (t) => {
  const lab = await NetworkLab.start(t);
  await lab.network.createNetwork(networkCreate('inner', { internal: true }));
  await lab.up(a, ['bridge'], { ports: [port(80, 18_080)] });
  await lab.up(b, ['inner'], { ports: [port(81, 18_081), port(80, 18_080)] });
  await assert.rejects(
    lab.network.connect(b, 'bridge', endpoint()),
    /0\.0\.0\.0:18080 failed: port is already allocated/,
  );
  assert.equal(lab.network.endpointsOf(b).length, 1);
  assert.doesNotMatch(publishedOn(lab), /18081/);
  assert.doesNotMatch(listening(lab), /:18081 /);
  assert.match(publishedOn(lab), /tcp . 18080 .*: 172\.17\.0\.2 . 80/);
});

test('host ports are given back on a network without translation, and taken again on another', async (t) => {
  const lab = await NetworkLab.start(t);
  const options = { 'com.docker.network.bridge.gateway_mode_ipv4': 'routed' };
  await lab.network.createNetwork(networkCreate('alpha', { options }));
  await lab.up(a, ['bridge'], { ports: [port(80, 18_080)] });
  assert.match(listening(lab), /:18080 /);

  await lab.network.connect(a, 'alpha', endpoint());
  assert.doesNotMatch(listening(lab), /:18080 /);
  assert.doesNotMatch(publishedOn(lab), /18080/);
  assert.match(lab.nft('list', 'set', 'inet', 'portolan-lab', 'open4'), /172\.18\.0\.2 \. tcp \. 80/);

  await lab.restart();
  assert.doesNotMatch(listening(lab), /:18080 /);
  await lab.network.disconnect(a, 'alpha');
  assert.match(listening(lab), /:18080 /);
  assert.match(publishedOn(lab), /tcp . 18080 .*: 172\.17\.0\.2 . 80/);
  assert.equal(lab.mends.length, 0);
});

/** A UDP server in a container, which says `word`; up when the call ends. Answers how to end it. */
async function serveUdp(t: TestContext, lab: NetworkLab, id: string, word: string): Promise<() => Promise<unknown>> {
  const server = lab.background(id, 'socat', 'UDP6-RECVFROM:53,ipv6only=0,fork', `SYSTEM:echo ${word}`);
  t.after(() => server.kill());
  for (let i = 0; i < 100 && !lab.inside(id, 'ss', '-Hlun').includes(':53 '); i++) await sleep(20);
  return () => {
    server.kill();
    return once(server, 'exit');
  };
}

/** What a client hears that always has the same source port and goes on sending, for a second at most. */
async function ask(lab: NetworkLab, to = 'UDP4:172.17.0.1'): Promise<string> {
  const question = `echo ? | socat -t 0.1 - ${to}:5300,sourceport=4000,reuseaddr || true`;
  for (let i = 0; i < 10; i++) {
    const answer = lab.run('sh', '-c', question).trim();
    if (answer !== '') return answer;
    await sleep(10);
  }
  return '';
}

test('a UDP client that goes on sending reaches the container that has the port now', async (t) => {
  const lab = await NetworkLab.start(t);
  await lab.up(a, ['bridge'], { ports: [port(53, 5300, 'udp')] });
  await serveUdp(t, lab, a, 'one');
  assert.equal(await ask(lab), 'one');
  await lab.network.sandboxDown(a);
  await lab.up(b, ['bridge']);
  await lab.up(c, ['bridge'], { ports: [port(53, 5300, 'udp')] });
  await serveUdp(t, lab, c, 'two');
  assert.notEqual(lab.address(c, 'bridge'), '172.17.0.2', 'b has the address that the client was led to');
  assert.equal(await ask(lab), 'two');
});

test('a UDP client over IPv6 hears the address it asked, and follows the port through a restart and to another', async (t) => {
  const lab = await NetworkLab.start(t);
  lab.ip('addr add 2001:db8::10/64 dev lo nodad');
  await lab.network.createNetwork(networkCreate('six', { ipv6: true }));
  const published = { ports: [port(53, 5300, 'udp')] };
  // socat takes answers from the address it sent to only.
  const heard = (): Promise<string> => ask(lab, 'UDP6:[2001:db8::10]');
  await lab.up(a, ['six'], published);
  // As with a real container, whose processes are gone before its network is.
  const endOne = await serveUdp(t, lab, a, 'one');
  for (let packet = 0; packet < 5; packet++) assert.equal(await heard(), 'one');
  await endOne();
  await lab.network.sandboxDown(a);
  await lab.network.sandboxUp({ ...lab.sandbox(a), ...published });
  const endAgain = await serveUdp(t, lab, a, 'again');
  assert.equal(await heard(), 'again');
  await endAgain();
  await lab.network.sandboxDown(a);
  await lab.up(b, ['six']);
  await lab.up(c, ['six'], published);
  await serveUdp(t, lab, c, 'two');
  assert.equal(await heard(), 'two');
});

test('a UDP client that sent before the port was published reaches the container', async (t) => {
  const lab = await NetworkLab.start(t);
  await lab.up(b, ['bridge']);
  assert.equal(await ask(lab), '');
  await lab.up(a, ['bridge'], { ports: [port(53, 5300, 'udp')] });
  await serveUdp(t, lab, a, 'one');
  assert.equal(await ask(lab), 'one');
});

test('a UDP client follows a port that moves with the default route', async (t) => {
  const lab = await NetworkLab.start(t);
  await lab.network.createNetwork(networkCreate('alpha'));
  await lab.up(a, ['bridge'], { ports: [port(53, 5300, 'udp')] });
  await serveUdp(t, lab, a, 'one');
  assert.equal(await ask(lab), 'one');
  await lab.network.connect(a, 'alpha', endpoint());
  await lab.network.disconnect(a, 'bridge');
  assert.equal(await ask(lab), 'one');
});

/** What `-p 18080:80` becomes on a network of these families and modes, and how inspect shows it. */
const asPublished = (lab: NetworkLab): string[] =>
  lab.network.sandboxOf(a)!.sandbox.ports.map(({ hostIp, hostPort }) => `${hostIp || 'any'} ${hostPort}`);
const mode = (family: 4 | 6, value: string): Record<string, string> => ({
  [`com.docker.network.bridge.gateway_mode_ipv${family}`]: value,
});

for (const { name, request, want, map } of [
  { name: 'both families', request: { ipv6: true }, want: ['any 18080'], map: /18080 .*: 172\.18\.0\.2/ },
  { name: 'IPv4 alone', request: {}, want: ['any 18080'], map: /18080 .*: 172\.18\.0\.2/ },
  { name: 'IPv6 alone', request: { ipv4: false, ipv6: true }, want: [':: 18080'], map: /^((?!18080).)*$/s },
  {
    name: 'IPv4 translated and IPv6 routed',
    request: { ipv6: true, options: mode(6, 'routed') },
    want: ['0.0.0.0 18080', ':: 0'],
    map: /18080/,
  },
  {
    name: 'IPv4 routed and IPv6 translated',
    request: { ipv6: true, options: mode(4, 'routed') },
    want: [':: 18080', '0.0.0.0 0'],
    map: /^((?!18080).)*$/s,
  },
]) {
  test(`a port of every address on a network of ${name}`, async (t) => {
    const lab = await NetworkLab.start(t);
    await lab.network.createNetwork(networkCreate('net', request));
    await lab.up(a, ['net'], { ports: [port(80, 18_080)] });
    assert.deepEqual(asPublished(lab), want);
    assert.match(publishedOn(lab), map);
    const six = lab.nft('list', 'map', 'inet', 'portolan-lab', 'publish6');
    assert.equal(/tcp \. 18080/.test(six), want.some((line) => /^(any|::) 18080/.test(line)) && 'ipv6' in request);
  });
}

test('a port of every address is one of IPv4 where the host has no IPv6', async (t) => {
  const lab = await NetworkLab.open(t);
  lab.run('sysctl', '-qw', 'net.ipv6.conf.lo.disable_ipv6=1');
  await lab.restart();
  await lab.up(a, ['bridge'], { ports: [port(80, 18_080)] });
  assert.deepEqual(asPublished(lab), ['0.0.0.0 18080']);
  assert.match(listening(lab), /0\.0\.0\.0:18080 /);
});
