import assert from 'node:assert/strict';
import { clientModule } from '../installed.ts';

/** Runs in the engine's lab host, since it asks published ports for their answer. */
const { GenericContainer, Network, Wait } = clientModule('testcontainers');

const serve = ['sh', '-c', 'mkdir -p /www; echo served >/www/index.html; echo ready; exec httpd -f -p 80 -h /www'];
await using network = await new Network().start();
await using web = await new GenericContainer('busybox')
  .withCommand(serve)
  .withExposedPorts(80)
  .withNetwork(network)
  .withNetworkAliases('web')
  .withLabels({ part: 'web' })
  .withEnvironment({ COLOUR: 'blue' })
  .withWaitStrategy(Wait.forAll([Wait.forLogMessage('ready'), Wait.forListeningPorts(), Wait.forHttp('/', 80)]))
  .start();
const page = await fetch(`http://${web.getHost()}:${web.getMappedPort(80)}/`);
assert.equal(await page.text(), 'served\n');

await using client = await new GenericContainer('busybox')
  .withCommand(['sleep', '1000'])
  .withNetwork(network)
  .withTmpFs({ '/scratch': 'rw' })
  .withResourcesQuota({ memory: 0.1, cpu: 0.5 })
  .start();
const asked = await client.exec(['wget', '-qO-', 'http://web/']);
assert.deepEqual([asked.exitCode, asked.output], [0, 'served\n']);
assert.equal((await client.exec(['sh', '-c', 'exit 7'])).exitCode, 7);
assert.equal((await web.exec(['sh', '-c', 'echo -n $COLOUR'])).output, 'blue');

await web.restart();
const again = await fetch(`http://${web.getHost()}:${web.getMappedPort(80)}/`);
assert.equal(await again.text(), 'served\n');
console.log('all held');
