import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { elementsIn, type Listing, ruleCountsIn } from '../../src/network/firewall/listing.ts';
import type { NftElement } from '../../src/network/plan/types.ts';
import { engineForFile } from './engine.ts';

/** `UPDATE=1` writes the page anew; otherwise what is there has to be what the kernel lists after these very commands. */
const update = process.env['UPDATE'] === '1';
const page = new URL('../../docs/rulesets/elements.md', import.meta.url);
const bench = engineForFile();

type Scene = {
  readonly title: string;
  readonly why: string;
  /** As they are typed, without "docker". */
  readonly commands: readonly string[];
};

const v4 = '--subnet 203.0.113.0/24';
const v6 = '--ipv6 --subnet 2001:db8:1::/64';
const mode = (value: string, family = 4): string => `-o com.docker.network.bridge.gateway_mode_ipv${family}=${value}`;
const run = (options: string): string =>
  `run -d --name www --network web ${options} busybox sleep 1000`.replace('  ', ' ');

const scenes: readonly Scene[] = [
  {
    title: 'A network',
    why: 'Its bridge is ours; its containers may talk to each other; what leaves is masqueraded.',
    commands: [`network create ${v4} web`],
  },
  {
    title: 'A network of both families',
    why: 'IPv6 is masqueraded too: addresses of a private network mean nothing outside.',
    commands: [`network create ${v4} ${v6} web`],
  },
  {
    title: 'A network of IPv6 alone',
    why: 'Nothing of the other family.',
    commands: [`network create --ipv4=false ${v6} web`],
  },
  {
    title: 'An internal network',
    why: 'No way out and no way in: nothing to masquerade.',
    commands: [`network create ${v4} --internal web`],
  },
  {
    title: 'A network whose containers are kept apart (ICC off)',
    why: 'In `apart` instead of `peers`; on the bridge itself its ports are isolated by the kernel.',
    commands: [`network create ${v4} -o com.docker.network.bridge.enable_icc=false web`],
  },
  {
    title: 'A link where containers are kept apart',
    why: 'One of them may go to the ports that the other exposes or publishes, and nobody else.',
    commands: [
      `network create ${v4} -o com.docker.network.bridge.enable_icc=false web`,
      run('--expose 80'),
      'run -d --name client --network web --link www busybox sleep 1000',
    ],
  },
  {
    title: 'A network that keeps its addresses',
    why: 'Without masquerading the network outside has to know the way back.',
    commands: [`network create ${v4} -o com.docker.network.bridge.enable_ip_masquerade=false web`],
  },
  {
    title: 'A network that leaves under a given address',
    why: 'Of the host’s addresses this one, whatever the outgoing interface has.',
    commands: [`network create ${v4} -o com.docker.network.host_ipv4=192.0.2.1 web`],
  },
  {
    title: 'A routed network with a published port',
    why: 'No port of the host: the container’s own address is reached, at what is published and by ICMP.',
    commands: [`network create ${v4} ${mode('routed')} web`, run('-p 80')],
  },
  {
    title: 'A routed network of both families',
    why: 'The other family is as usual.',
    commands: [`network create ${v4} ${v6} ${mode('routed', 6)} web`, run('-p 8080:80')],
  },
  {
    title: 'A network without a guard on its ports',
    why: 'Every port of its containers is reached at their own addresses.',
    commands: [`network create ${v4} ${mode('nat-unprotected')} web`],
  },
  {
    title: 'An isolated network',
    why: 'Internal, and the host itself has no address on it.',
    commands: [`network create ${v4} --internal ${mode('isolated')} web`],
  },
  {
    title: 'A port of every address of the host',
    why: 'One element; with a network of both families, one for each.',
    commands: [`network create ${v4} ${v6} web`, run('-p 8080:80')],
  },
  {
    title: 'A port of one address of the host',
    why: 'On a loopback address it is reached from this host alone.',
    commands: [`network create ${v4} web`, run('-p 127.0.0.1:8080:80')],
  },
  {
    title: 'A range of ports, the same on both sides',
    why: '500 ports are one element: an interval.',
    commands: [`network create ${v4} web`, run('-p 8000-8499:8000-8499')],
  },
  {
    title: 'A range of ports, other numbers inside',
    why: 'An element for each port: a map cannot add.',
    commands: [`network create ${v4} web`, run('-p 9000-9001:80-81/udp')],
  },
  {
    title: 'A macvlan network',
    why: 'Its containers are on the wire of the parent link, which the host’s rules do not see.',
    commands: [`network create -d macvlan ${v4} -o parent=eth0 web`, run('')],
  },
  {
    title: 'A container without a network, and one on the host’s',
    why: 'Neither has a link of ours: no element.',
    commands: [
      'run -d --name www --network none busybox sleep 1000',
      'run -d --name own --network host busybox sleep 1000',
    ],
  },
];

test('docs/rulesets/elements.md is what the kernel lists for each kind of network and port', async () => {
  const started = await seen();
  const intro =
    'Generated from a kernel by `rulesets.test.ts`, with docker’s own command line: `npm run docs:rulesets`.';
  const parts = [
    '# What networks and ports put into the sets',
    intro,
    ...section('An engine that has just started', 'Its default network, `bridge`.', [], started.elements),
  ];
  for (const scene of scenes) {
    const { elements, rules } = await played(scene);
    parts.push(...section(scene.title, scene.why, scene.commands, without(elements, started.elements)));
    assert.equal(rules, started.rules, `${scene.title}: rules were added`);
    assert.deepEqual(await seen(), started, `${scene.title}: elements stay behind`);
  }
  const text = `${parts.join('\n\n')}\n`;
  if (update) writeFileSync(page, text);
  assert.equal(unpadded(text), unpadded(readFileSync(page, 'utf8')), 'write it anew with npm run docs:rulesets');
});

/** What is in the sets when the commands have run; what they made is gone again afterwards. */
async function played({ commands }: Scene): Promise<Seen> {
  const { engine } = bench;
  for (const command of commands) await engine.ok(...command.split(' '));
  const found = await seen();
  const containers = await engine.ok('ps', '-aq');
  if (containers !== '') await engine.ok('rm', '-f', ...containers.split('\n'));
  if (commands.some((command) => command.startsWith('network'))) await engine.ok('network', 'rm', 'web');
  return found;
}

type Seen = { readonly elements: readonly NftElement[]; readonly rules: number };

async function seen(): Promise<Seen> {
  const nft = async (...words: readonly string[]): Promise<Listing> =>
    JSON.parse(await bench.host.must('nft', ['-j', 'list', ...words])).nftables;
  const tables = (await nft('tables', 'inet')).flatMap(
    ({ table }) => (table as { name?: string } | undefined)?.name ?? [],
  );
  assert.equal(tables.length, 1, `one table and no other: ${tables}`);
  const table = await nft('table', 'inet', ...tables);
  const rules = [...ruleCountsIn(table).values()].reduce((sum, count) => sum + count, 0);
  return { elements: elementsIn(table), rules };
}

const without = (all: readonly NftElement[], some: readonly NftElement[]): readonly NftElement[] => {
  const known = new Set(some.map((element) => JSON.stringify(element)));
  return all.filter((element) => !known.has(JSON.stringify(element)));
};

function section(title: string, why: string, commands: readonly string[], added: readonly NftElement[]): string[] {
  const shell = commands.length === 0 ? [] : [['```', ...commands.map((line) => `docker ${line}`), '```'].join('\n')];
  const code = (text: string | undefined): string => (text === undefined ? '' : `\`${named(text)}\``);
  const rows = added.map(
    ({ set, key, value, owner }) => `| ${set} | ${code(key)} | ${code(value)} | ${named(owner)} |`,
  );
  const table = ['| set | key | value | owner |', '| --- | --- | --- | --- |', ...rows.sort()].join('\n');
  return [`## ${title}`, why, ...shell, added.length === 0 ? 'No element.' : table];
}

/** Ids are other ones at each run. */
const named = (text: string): string => text.replace(/\b[0-9a-f]{64}\b|\b[0-9a-f]{12}\b/g, '<id>');

/** A formatter may have aligned the tables. */
const unpadded = (text: string): string => text.replace(/ {2,}/g, ' ').replace(/-{4,}/g, '---');
