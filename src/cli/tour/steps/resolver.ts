import type { Scene } from '../scene.ts';
import { startServer } from '../server.ts';
import type { Step } from '../step.ts';
import { nameServers, pings } from './name-files.ts';

/** Answers 192.0.2.80 (RFC 5737) to every question for an address. */
const fallback =
  "require('dgram').createSocket('udp4').on('message', function (q, c) { q[2] = 0x81; q[3] = 0x80; q[7] = 1; q[11] = 0; " +
  "const a = Buffer.from('c00c00010001000000000004c0000250', 'hex'); " +
  'this.send(Buffer.concat([q.subarray(0, q.indexOf(0, 12) + 5), a]), c.port, c.address) }).bind(53)';

/** Study notes 1.13 (2), 1.14 (3): the embedded resolver. */
export const resolver: Step = {
  title: 'Names on a user-defined network: the engine answers',
  why: [
    'What a container sends to port 53 of 127.0.0.11 is redirected, in its own namespace, to a socket of the engine.',
    'Names, aliases and links are answered from memory; other questions go on to the servers of --dns, or of the host.',
  ],
  async play(scene) {
    const network = scene.name('isolated_nw');
    const [test4, test5] = [scene.name('test4'), scene.name('test5')];
    const aliases = ['--network-alias', 'chart', '--network-alias', 'map'];
    await scene.run('test4', '-itd', '--network', network, '--name', test4, ...aliases, scene.image);
    const address = await scene.address('test4', network);
    const options = ['--link', `${test4}:pilot`, '--dns', address];
    await scene.run('test5', '-itd', '--network', network, '--name', test5, ...options, scene.image);
    const { output } = await scene.exec('test5', 'cat', '/etc/resolv.conf');
    await scene.say.check(nameServers(output).join() === '127.0.0.11', `${test5} asks 127.0.0.11 and no other`);
    for (const name of [test4, 'chart', 'map', 'pilot']) await looksUp(scene, 'test5', name, address);
    await looksUp(scene, 'test3', 'chart', address);
    await pings(scene, 'test5', test4);
    using _server = await startServer(scene, 'test4', fallback);
    const asked = ['exec', test5, 'nslookup', '-type=a', 'example.org.'];
    await scene.eventually(async () => (await scene.quietly(asked)).output.includes('192.0.2.80'));
    await looksUp(scene, 'test5', 'example.org', '192.0.2.80');
    await scene.say.note(`That came from a server in ${test4}, which --dns names.`);
  },
};

async function looksUp(scene: Scene, container: string, name: string, address: string): Promise<void> {
  const { output } = await scene.exec(container, 'nslookup', '-type=a', `${name}.`);
  await scene.say.check(output.includes(address), `${scene.name(container)} is told: ${name} is ${address}`);
}
