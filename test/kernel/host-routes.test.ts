import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Cidr } from '../../src/base/index.ts';
import type { Route } from '../../src/netlink/rt/route.ts';
import { HostRoutes } from '../../src/network/host-routes/index.ts';
import { HostWatch } from '../../src/network/host-watch.ts';
import { Namespace } from '../../src/network/reconcile/namespace.ts';
import { mainRoutes } from '../../src/network/reconcile/routes.ts';
import { Poller } from '../../src/syscall/poller.ts';
import { type Host, kernelTest } from './fixture.ts';

const text = ({ destination, gateway, metric, linkIndex }: Route): string =>
  `${destination} via ${gateway} metric ${metric} link ${linkIndex}`;

/** What the kernel lists, of what is kept. */
function listed(namespace: Namespace): string[] {
  const all = [4, 6].flatMap((family) => mainRoutes(namespace.route, { family: family as 4 | 6 }));
  return all
    .filter(({ destination }) => destination.prefix > 1 && !Cidr.parse('fe80::/10').contains(destination))
    .map(text)
    .sort();
}

const kept = (routes: HostRoutes): string[] =>
  ['0.0.0.0/0', '::/0']
    .flatMap((block) => routes.now().overlapping(Cidr.parse(block)))
    .map(text)
    .sort();

/** Each line as `ip` takes it; refusals are part of the game. */
function steps(host: Host, lines: readonly string[]): void {
  for (const line of lines) {
    try {
      host.run('ip', ...line.split(' '));
    } catch {
      // A route that is there, or not there.
    }
  }
}

kernelTest('HostRoutes agrees with the kernel whatever happens to links, addresses and routes', async (host) => {
  using poller = new Poller();
  using namespace = new Namespace(host.fd);
  using watch = new HostWatch(namespace, poller);
  using routes = new HostRoutes(namespace, watch);
  let seed = 7;
  const pick = <T>(of: readonly T[]): T => {
    seed = (seed * 48271) % 2147483647;
    return of[seed % of.length]!;
  };
  const links = ['d0', 'd1', 'd2'];
  for (let round = 0; round < 40; round++) {
    const n = pick([0, 1, 2]);
    const link = links[n]!;
    const blocks = ['10.1.0.0/16', '10.1.2.0/24', '10.9.0.0/16', 'fd01::/48', 'fd01:2::/64', '192.0.2.0/25'];
    const block = pick(blocks);
    const v6 = block.includes(':') ? ['-6'] : [];
    const verb = pick(['add', 'replace', 'append', 'del', 'change']);
    const way = pick([
      `dev ${link}`,
      `via ${v6.length > 0 ? `fd0${n}::9` : `10.${100 + n}.0.9`}`,
      `dev ${link} metric 50`,
      `nexthop via 10.100.0.9 nexthop via 10.101.0.9`,
    ]);
    steps(host, [
      `link add ${link} type veth peer name p${link}`,
      `link set p${link} up`,
      `link set ${link} up`,
      `addr add 10.${100 + n}.0.1/24 dev ${link}`,
      `addr add fd0${n}::1/64 dev ${link} nodad`,
      [...v6, 'route', verb, block, ...way.split(' ')].join(' '),
      pick([
        `link set ${link} down`,
        `link del ${link}`,
        `addr del 10.${100 + n}.0.1/24 dev ${link}`,
        'link show',
        'link show',
      ]),
    ]);
    // Most is exact at once; what the kernel does not tell of is found by the list that follows.
    kept(routes);
    if (JSON.stringify(kept(routes)) !== JSON.stringify(listed(namespace))) await sleep(260);
    assert.deepEqual(kept(routes), listed(namespace), `after round ${round}`);
  }
});

kernelTest('HostRoutes needs no second list for what bridges and veths do', async (host) => {
  using poller = new Poller();
  using namespace = new Namespace(host.fd);
  using watch = new HostWatch(namespace, poller);
  using routes = new HostRoutes(namespace, watch);
  const lists: string[] = [];
  const list = routes.list.bind(routes);
  routes.list = () => {
    lists.push('list');
    list();
  };
  for (const n of [1, 2, 3]) {
    steps(host, [
      `link add br${n} up type bridge`,
      `addr add 10.${n}.0.1/24 dev br${n}`,
      `link add veth${n} up master br${n} type veth peer name eth${n}`,
      `link set eth${n} up`,
      `-6 addr add fd0${n}::1/64 dev br${n} nodad`,
    ]);
    assert.deepEqual(kept(routes), listed(namespace));
    if (n > 1) steps(host, [`link del veth${n}`, `link del br${n}`]);
    assert.deepEqual(kept(routes), listed(namespace));
  }
  await sleep(300);
  assert.deepEqual(lists, []);
});

kernelTest('HostRoutes lists anew when the kernel lost count', async (host) => {
  host.run('ip', 'link', 'set', 'lo', 'up');
  using poller = new Poller();
  using namespace = new Namespace(host.fd);
  using watch = new HostWatch(namespace, poller);
  using routes = new HostRoutes(namespace, watch);
  const many = 'for (n = 0; n < 6000; n++) print "route add 10." int(n / 256) "." n % 256 ".0/24 dev lo"';
  host.run('sh', '-c', `awk 'BEGIN { ${many} }' | ip -batch -`);
  await sleep(600);
  assert.equal(kept(routes).length, 6000);
});
