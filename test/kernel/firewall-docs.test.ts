import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { elementsOfNetwork, elementsOfPorts, Firewall, type NetworkIntent } from '../../src/network/firewall/index.ts';
import type { NftElement } from '../../src/network/plan/types.ts';
import type { PublishedPort } from '../../src/store/records.ts';
import { warmThreadPool } from '../../src/syscall/netns.ts';
import { openHost } from './fixture.ts';

/** `UPDATE=1` writes docs/rulesets anew; otherwise what is there has to be what a kernel says. */
const update = process.env['UPDATE'] === '1';

before(warmThreadPool);

const network: NetworkIntent = {
  owner: 'network web',
  bridge: 'br-web',
  subnets: ['192.0.2.0/24', '2001:db8::/64'],
  internal: false,
  icc: true,
  masquerade: true,
};
const publish = (change: Partial<PublishedPort>): readonly NftElement[] => {
  const port = { protocol: 'tcp', containerPort: 80, count: 1, hostIp: '', hostPort: 8080, ...change } as const;
  return elementsOfPorts({ owner: 'container www', ports: [port], ipv4: '192.0.2.2', ipv6: '2001:db8::2' });
};
const routed = elementsOfPorts({
  owner: 'container www',
  ports: [{ protocol: 'tcp', containerPort: 80, count: 1, hostIp: '', hostPort: 8080 }],
  ipv4: '192.0.2.2',
  mode4: 'routed',
});

const scenes: readonly (readonly [title: string, elements: readonly NftElement[]])[] = [
  ['A network of both families', elementsOfNetwork(network)],
  ['An internal network', elementsOfNetwork({ ...network, internal: true })],
  ['A network whose containers are kept apart (ICC off)', elementsOfNetwork({ ...network, icc: false })],
  ['A network that leaves under a given address', elementsOfNetwork({ ...network, snat4: '198.51.100.7' })],
  ['A routed network with a published port', [...elementsOfNetwork({ ...network, mode4: 'routed' }), ...routed]],
  ['A network without a guard on its ports', elementsOfNetwork({ ...network, mode4: 'nat-unprotected' })],
  ['`-p 8080:80`', publish({})],
  ['`-p 127.0.0.1:8080:80`', publish({ hostIp: '127.0.0.1' })],
  ['`-p 8000-8499:8000-8499`', publish({ hostPort: 8000, containerPort: 8000, count: 500 })],
  ['`-p 9000-9001:80-81/udp`', publish({ protocol: 'udp', hostPort: 9000, count: 2 })],
];

function compare(file: string, text: string): void {
  const path = new URL(`../../docs/rulesets/${file}`, import.meta.url);
  if (update) writeFileSync(path, text);
  assert.equal(
    unpadded(text),
    unpadded(readFileSync(path, 'utf8')),
    `docs/rulesets/${file} is not what the kernel has; write it with UPDATE=1`,
  );
}

/** A formatter may have aligned the tables. */
const unpadded = (text: string): string => text.replace(/ {2,}/g, ' ').replace(/-{4,}/g, '---');

/** Other versions print the same rules in other words. */
const printedBy = 'nftables v1.0.6';
const version = execFileSync('nft', ['--version'], { encoding: 'utf8' });
const skip = version.startsWith(printedBy) ? false : `the page was printed by ${printedBy}, here is ${version.trim()}`;

test('docs/rulesets/rules.nft is the table of an engine that has nothing yet', { skip }, () => {
  using host = openHost();
  const firewall = new Firewall({ context: host.nft, table: 'portolan', guardForeign: true });
  firewall.install();
  compare('rules.nft', host.run('nft', '-s', 'list', 'table', 'inet', 'portolan'));
});

test('docs/rulesets/elements.md is what a kernel lists for each kind of network and port', () => {
  using host = openHost();
  const firewall = new Firewall({ context: host.nft, table: 'portolan', guardForeign: true });
  firewall.install();
  const lines = [
    '# What networks and ports put into the sets',
    '',
    'Generated from a kernel by `firewall-docs.test.ts`.',
  ];
  for (const [title, add] of scenes) {
    firewall.apply({ add });
    lines.push('', `## ${title}`, '', '| set | key | value | owner |', '| --- | --- | --- | --- |');
    const rows = firewall
      .list()
      .map(
        ({ set, key, value = '', owner }) =>
          `| ${set} | \`${key}\` | ${value === '' ? '' : `\`${value}\``} | ${owner} |`,
      );
    lines.push(...rows.sort());
    firewall.apply({ remove: add });
    assert.deepEqual(firewall.list(), [], title);
  }
  compare('elements.md', `${lines.join('\n')}\n`);
});
