import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { containerId, endpoint, NetworkLab, networkCreate } from '../lab/network-lab.ts';
import { until } from '../lab/until.ts';

const root = { skip: process.getuid?.() === 0 ? false : 'needs root' };

/** Answers whoever connects to port 80. */
const answer = `python3 -c "
import socket
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(('', 80)); s.listen(8)
while True: s.accept()[0].close()"`;
const connects = `import socket, sys; socket.create_connection((sys.argv[1], 18080), 0.2)`;

test('rules that somebody removes are back at once, with what containers have in them', root, async (t) => {
  const lab = await NetworkLab.start(t);
  const [a, b] = [containerId('a'), containerId('b')];
  await lab.network.createNetwork(networkCreate('front'));
  const port = { protocol: 'tcp', containerPort: 80, hostIp: '', hostPortFirst: 18_080, hostPortLast: 18_080 } as const;
  await lab.up(a, ['front'], { ports: [port] });
  await lab.up(b, ['bridge']);
  const server = lab.background(a, 'sh', '-c', `exec ${answer}`);
  t.after(() => server.kill());
  /** From a container of another network, by the host's address: only the rules lead there. */
  const isServed = async (): Promise<boolean> =>
    lab.insideLater(b, 'python3', '-c', connects, '172.17.0.1').then(
      () => true,
      () => false,
    );
  const rules = (): string => lab.nft('-s', 'list', 'ruleset').split('\n').sort().join('\n');
  const before = rules();
  assert.match(before, /18080/);
  await until('the port is served', isServed);
  const repair = t.mock.method(lab.network, 'repair');
  const attacks = [
    ['flush', 'ruleset'],
    ['delete', 'table', 'inet', 'portolan-lab'],
    ['flush', 'chain', 'inet', 'portolan-lab', 'forward'],
  ];
  for (const attack of attacks) {
    lab.nft(...attack);
    const began = performance.now();
    assert.notEqual(rules(), before);
    await until(`the rules are back after ${attack.join(' ')}`, () => rules() === before, { everyMs: 20 });
    await until(`the port is served after ${attack.join(' ')}`, isServed, { everyMs: 20 });
    assert.ok(performance.now() - began < 1000, `${performance.now() - began} ms after ${attack.join(' ')}`);
  }
  assert.equal(lab.warnings.length, attacks.length);
  assert.ok(lab.warnings.every((line) => line.includes('somebody removed rules of the engine: they are back')));
  await sleep(200);
  assert.equal(repair.mock.callCount(), attacks.length, 'one repair each: its own transaction is none of theirs');

  await lab.network.connect(b, 'front', endpoint());
  await lab.network.disconnect(b, 'front');
  await lab.network.sandboxDown(a);
  await lab.network.forget(b);
  await sleep(200);
  assert.equal(repair.mock.callCount(), attacks.length);
  assert.equal(lab.warnings.length, attacks.length);
});
