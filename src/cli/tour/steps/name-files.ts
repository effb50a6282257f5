import type { Scene } from '../scene.ts';
import type { Step } from '../step.ts';

/** A name server of a documentation block (RFC 5737): it is configured and never asked. */
const server = '192.0.2.53';

/** Study notes 1.13 (1), 1.14 (1): files on the default bridge. */
export const defaultNames: Step = {
  title: "Names on the default bridge: the host's servers, and files",
  why: [
    'The default bridge has no name service: a container asks the servers of the host, from its own namespace.',
    'It knows itself by its hostname, the beginning of its id, which the engine writes into its /etc/hosts.',
  ],
  async play(scene) {
    const id = (await scene.context.client.containers.inspect(scene.name('test1'))).Id.slice(0, 12);
    const hostname = await scene.exec('test1', 'cat', '/etc/hostname');
    await scene.say.check(hostname.output.trim() === id, `the hostname of ${scene.name('test1')} is its short id`);
    const hosts = await scene.exec('test1', 'cat', '/etc/hosts');
    const address = await scene.address('test1', 'bridge');
    await scene.say.check(hasHost(hosts.output, address, id), `/etc/hosts has it at ${address}`);
    await pings(scene, 'test1', id);
    const ours = await scene.tool('cat', '/etc/resolv.conf');
    const its = await scene.exec('test1', 'cat', '/etc/resolv.conf');
    const usable = nameServers(ours.output).filter((address) => !/^(127\.|::1$)/.test(address));
    await scene.say.check(
      nameServers(its.output).length > 0 && usable.every((address) => nameServers(its.output).includes(address)),
      usable.length > 0
        ? `${scene.name('test1')} asks the servers that the host asks: ${usable.join(', ')}`
        : `the host has no server that a container reaches: ${scene.name('test1')} asks ${nameServers(its.output).join(', ')}`,
    );
  },
};

/** Study notes 1.13 (1), 1.14 (2): --hostname, --dns, --dns-search, --dns-opt, --link. */
export const ownNames: Step = {
  title: 'Names of our choice: --hostname, --dns, --link',
  why: [
    '/etc/hostname, /etc/hosts and /etc/resolv.conf are files of the container that the engine writes and mounts.',
    'On the default bridge --link adds a line to /etc/hosts: the other container, by its name and another of our choice.',
  ],
  async play(scene) {
    const [name, other] = [scene.name('name1'), scene.name('test2')];
    const dns = ['--dns', server, '--dns-search', 'example.org', '--dns-opt', 'ndots:2'];
    const options = ['--hostname', 'ship', ...dns, '--link', `${other}:harbour`];
    await scene.run('name1', '-itd', '--name', name, ...options, scene.image);
    const hosts = await scene.exec('name1', 'cat', '/etc/hosts');
    await scene.say.check(hasHost(hosts.output, await scene.address('name1', 'bridge'), 'ship'), `${name} is "ship"`);
    await scene.say.check(
      hasHost(hosts.output, await scene.address('test2', 'bridge'), 'harbour'),
      `"harbour" refers to ${other}`,
    );
    await pings(scene, 'name1', 'harbour');
    const { output } = await scene.exec('name1', 'cat', '/etc/resolv.conf');
    const has = (...lines: readonly RegExp[]): boolean => lines.every((line) => line.test(output));
    await scene.say.check(
      has(/^nameserver 192\.0\.2\.53$/m, /^search example\.org$/m, /^options ndots:2$/m),
      `it asks ${server}, in example.org, and no server of the host`,
    );
  },
};

export async function pings(scene: Scene, container: string, name: string): Promise<void> {
  const ping = await scene.exec(container, 'ping', '-c', '1', '-W', '2', name);
  await scene.say.check(ping.code === 0, `${scene.name(container)} reaches ${name}`);
}

const hasHost = (hosts: string, address: string, name: string): boolean =>
  hosts.split('\n').some((line) => line.split(/\s+/)[0] === address && line.split(/\s+/).includes(name));

export const nameServers = (conf: string): readonly string[] =>
  [...conf.matchAll(/^nameserver (\S+)$/gm)].map(([, address]) => address!);
