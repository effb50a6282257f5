/** The resolver alone, as a program: `engine.ts NETNS-PATH JSON`. Says "ready" when the sandbox is open. */
import { openSync } from 'node:fs';
import { silent } from '../../../src/base/index.ts';
import { Resolver } from '../../../src/network/dns/index.ts';
import { warmThreadPool } from '../../../src/syscall/netns.ts';
import { Poller } from '../../../src/syscall/poller.ts';

/** What a test says of it. */
export type Setting = {
  readonly hostServers?: readonly string[];
  readonly servers?: readonly string[];
  readonly internalOnly?: boolean;
};

const [path = '', json = '{}'] = process.argv.slice(2);
const setting = JSON.parse(json) as Setting;
await warmThreadPool();
const resolver = new Resolver({ log: silent, poller: new Poller(), hostResolvers: () => setting.hostServers ?? [] });
const many = Array.from({ length: 100 }, (_, i) => `172.18.1.${i}`);
resolver.setZone('front', () => ({
  name: 'front',
  records: [
    { names: ['web', 'www'], addresses: ['172.18.0.2', 'fd00::2'], services: [{ protocol: 'tcp', port: 80 }] },
    { names: ['db'], addresses: ['172.18.0.3'] },
    { names: ['many'], addresses: many },
  ],
}));
resolver.openSandbox('sandbox', openSync(path, 'r'), {
  networks: () => ['front'],
  servers: setting.servers ?? [],
  internalOnly: () => setting.internalOnly === true,
});
console.log('ready');
