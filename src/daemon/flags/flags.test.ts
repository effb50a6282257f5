import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { parseDaemonFlags } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'portolan-flags-'));
after(() => rmSync(folder, { recursive: true }));

function file(content: unknown): string {
  const path = join(folder, 'daemon.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

test('parseDaemonFlags() has a value for each flag that is not given', () => {
  const flags = parseDaemonFlags([]);
  assert.deepEqual(flags.host, ['unix:///run/portolan/portolan.sock']);
  assert.equal(flags.bip, undefined);
  assert.deepEqual(
    [flags.icc, flags.ipv6, flags.ipForward, flags.ipForwardNoDrop, flags.ipMasq, flags.allowDirectRouting],
    [true, false, true, false, true, false],
  );
});

test('parseDaemonFlags() reads every network flag of dockerd', () => {
  const flags = parseDaemonFlags(
    `--bip 10.9.0.1/24 --fixed-cidr 10.9.0.128/25 --default-gateway 10.9.0.254 --ipv6 --bip6 fd00:9::1/64
    --fixed-cidr-v6 fd00:9::/80 --default-gateway-v6 fd00:9::2 --icc=false --ip 127.0.0.1 --mtu 1400
    --default-address-pool base=10.10.0.0/16,size=24 --default-address-pool base=fd00:10::/48,size=64
    --default-network-opt bridge=com.docker.network.driver.mtu=1234 --dns 192.0.2.53 --dns-search example.org
    --dns-opt ndots:2 --host-gateway-ip 192.0.2.1 --host-gateway-ip 2001:db8::1 --ip-forward=false
    --ip-forward-no-drop --ip-masq=0 --allow-direct-routing --bridge-accept-fwmark 0x1/0xff --iptables=true
    --ip6tables --firewall-backend nftables --userland-proxy=false --userland-proxy-path /x
    --network-control-plane-mtu 1400 --live-restore -D -l warn --label a=b`.split(/\s+/),
  );
  const { bip, fixedCidr, defaultGateway, bip6, fixedCidrV6, defaultGatewayV6, ip, mtu } = flags;
  assert.deepEqual(
    [bip, fixedCidr, defaultGateway, bip6, fixedCidrV6, defaultGatewayV6, ip, mtu],
    ['10.9.0.1/24', '10.9.0.128/25', '10.9.0.254', 'fd00:9::1/64', 'fd00:9::/80', 'fd00:9::2', '127.0.0.1', 1400],
  );
  assert.deepEqual([flags.icc, flags.ipv6, flags.ipForward, flags.ipMasq], [false, true, false, false]);
  assert.deepEqual([flags.ipForwardNoDrop, flags.allowDirectRouting], [true, true]);
  assert.deepEqual(flags.bridgeAcceptFwmark, { mark: 1, mask: 255 });
  assert.deepEqual(flags.defaultNetworkOpt, [
    { driver: 'bridge', key: 'com.docker.network.driver.mtu', value: '1234' },
  ]);
  assert.deepEqual(flags.hostGatewayIp, ['192.0.2.1', '2001:db8::1']);
  assert.deepEqual(
    flags.defaultAddressPool.map(({ base, size }) => `${base} ${size}`),
    ['10.10.0.0/16 24', 'fd00:10::/48 64'],
  );
  assert.equal(flags.logLevel, 'debug');
});

describe('parseDaemonFlags() refuses, in the words of dockerd,', () => {
  const init = 'failed to start daemon: Error initializing network controller: ';
  for (const [argv, message] of [
    ['--nope', 'unknown flag: --nope'],
    ['-Z', "unknown shorthand flag: 'Z' in -Z"],
    ['--bip', 'flag needs an argument: --bip'],
    ['--mtu=abc', 'invalid argument "abc" for "--mtu" flag: strconv.ParseInt: parsing "abc": invalid syntax'],
    ['--mtu=-1', 'invalid default MTU: -1'],
    ['--icc=maybe', 'invalid argument "maybe" for "--icc" flag: strconv.ParseBool: parsing "maybe": invalid syntax'],
    ['-D=maybe', /^invalid argument ".*maybe" for "-D, --debug" flag: strconv\.ParseBool/],
    ['--ip=x', 'invalid argument "x" for "--ip" flag: x is not an ip address'],
    ['--default-gateway=x', 'invalid argument "x" for "--default-gateway" flag: x is not an ip address'],
    ['--dns=x', 'invalid argument "x" for "--dns" flag: IP address is not correctly formatted: x'],
    ['--dns-search=a..b', 'invalid argument "a..b" for "--dns-search" flag: a..b is not a valid domain'],
    [
      '--host-gateway-ip=x',
      'invalid argument "x" for "--host-gateway-ip" flag: IP address is not correctly formatted: x',
    ],
    ['--host-gateway-ip=10.0.0.1 --host-gateway-ip=10.0.0.2', 'only one IPv4 host gateway IP address can be specified'],
    ['--label=x', 'invalid argument "x" for "--label" flag: bad attribute format: x'],
    ['--label=a=1 --label=a=2', 'conflict labels for a=2 and a=1'],
    ['--log-level=loud', 'invalid logging level: loud'],
    [
      '--default-network-opt=x',
      /^invalid argument "x" for "--default-network-opt" flag: invalid value "x" for map option/,
    ],
    ...(
      [
        ['10.0.0.0/16', "invalid field '10.0.0.0/16' must be a key=value pair"],
        ['base=10.0.0.0/16,foo=1', "unexpected key 'foo' in 'foo=1'"],
        [
          'base=10.0.0.0/16,size=x',
          'invalid size value: "x" (must be integer): strconv.Atoi: parsing "x": invalid syntax',
        ],
        ['base=foo,size=24', 'invalid base pool "foo": invalid CIDR address: foo'],
        ['size=24', 'invalid base pool "": invalid CIDR address: '],
        ['base=10.0.0.0/8', 'invalid pools size: 0: want 8 to 32 bits in 10.0.0.0/8'],
        ['base=10.0.0.0/8,size=4', 'invalid pools size: 4: want 8 to 32 bits in 10.0.0.0/8'],
        ['base=fd00::/8,size=129', 'invalid pools size: 129: want 8 to 128 bits in fd00::/8'],
      ] as const
    ).map(
      ([pool, why]) =>
        [
          `--default-address-pool=${pool}`,
          `invalid argument "${pool}" for "--default-address-pool" flag: ${why}`,
        ] as const,
    ),
    ['--bridge-accept-fwmark=0x1/zz', /^invalid argument "0x1\/zz" for "--bridge-accept-fwmark" flag: want a mark/],
    ['--bip=10.0.0.1', `${init}parse bip failed: invalid CIDR address: 10.0.0.1`],
    ['--bip6=fd00::1', `${init}parse bip6 failed: invalid CIDR address: fd00::1`],
    ['--fixed-cidr=x', `${init}parse fixed-cidr failed: invalid CIDR address: x`],
    ['--fixed-cidr-v6=10.0.0.0/8', /parse fixed-cidr-v6 failed: invalid CIDR address: 10\.0\.0\.0\/8: not IPv6/],
    ['--bip=10.9.0.1/24 --default-gateway=10.8.0.1', /default gateway ip must be part of the network/],
    ['-b br0 --bip=10.9.0.1/24', 'You specified -b & --bip, mutually exclusive options. Please specify only one'],
    ['--iptables=false', /^--iptables=false: this engine publishes ports and keeps networks apart by rules alone/],
    ['--ip6tables=false', /^--ip6tables=false: /],
    ['--iptables=false --icc=false', /^You specified --iptables=false with --icc=false\. ICC=false uses iptables/],
    [
      '--firewall-backend=iptables',
      /^invalid argument "iptables" for "--firewall-backend" flag: the rules of this engine/,
    ],
    ['--firewall-backend=pf', /invalid firewall-backend "pf"/],
    ['stray', '"portolan daemon" accepts no arguments: stray'],
    [
      '--config-file=/nowhere/d.json',
      /with file \/nowhere\/d\.json: open \/nowhere\/d\.json: no such file or directory/,
    ],
  ] as const) {
    test(argv, () => {
      const kind = { kind: 'invalid', message };
      assert.throws(() => parseDaemonFlags(argv.split(' ')), kind);
    });
  }
});

test('parseDaemonFlags() reads the configuration file under the keys of dockerd', () => {
  const path = file({
    hosts: ['unix:///x.sock'],
    labels: ['a=b'],
    bip: '10.9.0.1/24',
    ipv6: true,
    icc: false,
    mtu: 1400,
    dns: ['192.0.2.53'],
    'dns-opts': ['ndots:1'],
    'default-address-pools': [{ base: '10.10.0.0/16', size: 24 }],
    'default-network-opts': { bridge: { 'com.docker.network.driver.mtu': '1234' } },
    'host-gateway-ips': ['192.0.2.9'],
  });
  const flags = parseDaemonFlags(['--config-file', path, '--dns-search', 'example.org']);
  assert.deepEqual(flags.host, ['unix:///x.sock']);
  assert.deepEqual([flags.bip, flags.ipv6, flags.icc, flags.mtu], ['10.9.0.1/24', true, false, 1400]);
  assert.deepEqual([flags.dns, flags.dnsOpt, flags.dnsSearch], [['192.0.2.53'], ['ndots:1'], ['example.org']]);
  assert.equal(flags.defaultAddressPool[0]!.size, 24);
  assert.deepEqual(flags.defaultNetworkOpt, [
    { driver: 'bridge', key: 'com.docker.network.driver.mtu', value: '1234' },
  ]);
  assert.deepEqual(flags.hostGatewayIp, ['192.0.2.9']);
});

test('parseDaemonFlags() leaves out keys of dockerd that change nothing, and says so', () => {
  const path = file({
    'exec-opts': ['native.cgroupdriver=systemd'],
    experimental: true,
    'storage-driver': 'overlay2',
    'default-runtime': 'runc',
    'userns-remap': '',
    tls: false,
    runtimes: {},
  });
  assert.deepEqual(
    parseDaemonFlags(['--config-file', path]).notices.map((text) => text.split(' changes nothing')[0]),
    ['configuration: exec-opts', 'configuration: experimental'],
  );
});

test('parseDaemonFlags() takes an empty file for none', () => {
  assert.equal(parseDaemonFlags(['--config-file', file(' \n')]).icc, true);
});

describe('parseDaemonFlags() refuses a configuration file', () => {
  const both = 'the following directives are specified both as a flag and in the configuration file: ';
  for (const { name, content, argv = [], why } of [
    {
      name: 'with keys that are no flags',
      content: { bip: '10.9.0.1/24', nope: 1, constructor: 'x' },
      why: "the following directives don't match any configuration option: nope, constructor",
    },
    {
      name: 'that asks for what only dockerd has',
      content: { 'userns-remap': 'default' },
      why: /^userns-remap is dockerd's, and not there in this engine \(.*\): take it out$/,
    },
    {
      name: 'with a storage driver that is not there',
      content: { 'storage-driver': 'btrfs' },
      why: 'storage-driver is only overlay2 in this engine, and the file has "btrfs"',
    },
    {
      name: 'that says what a flag says too',
      content: { bip: '10.9.0.1/24', icc: true },
      argv: ['--bip=10.8.0.1/24', '--icc=false'],
      why: `${both}bip: (from flag: 10.8.0.1/24, from file: 10.9.0.1/24), icc: (from flag: false, from file: true)`,
    },
    {
      name: 'that has a list which is given as flags',
      content: { dns: ['192.0.2.1', '192.0.2.2'] },
      argv: ['--dns=192.0.2.3'],
      why: `${both}dns: (from flag: [192.0.2.3], from file: [192.0.2.1 192.0.2.2])`,
    },
    {
      name: 'with a text for a number',
      content: { mtu: '1400' },
      why: 'json: cannot unmarshal string into Go struct field Config.mtu of type int',
    },
    {
      name: 'with a number for a list',
      content: { dns: 4 },
      why: 'json: cannot unmarshal number into Go struct field Config.dns of type []string',
    },
    {
      name: 'that is a list',
      content: [],
      why: 'json: cannot unmarshal array into Go value of type map[string]interface {}',
    },
    { name: 'that is no JSON', content: '{ "bip": ', why: /./ },
  ] as const) {
    test(name, () => {
      const path = file(content);
      const prefix = `unable to configure the Docker daemon with file ${path}: `;
      assert.throws(
        () => parseDaemonFlags(['--config-file', path, ...argv]),
        ({ message }: Error) => {
          assert.ok(message.startsWith(prefix), message);
          const rest = message.slice(prefix.length);
          if (typeof why === 'string') assert.equal(rest, why);
          else assert.match(rest, why);
          return true;
        },
      );
    });
  }
});

test('proxies are flags, or keys inside `proxies` of the configuration file, not both', () => {
  const flags = parseDaemonFlags(['--http-proxy', 'http://a:1', '--no-proxy=x,y']);
  assert.deepEqual([flags.httpProxy, flags.httpsProxy, flags.noProxy], ['http://a:1', undefined, 'x,y']);
  const config = ['--config-file', file({ proxies: { 'https-proxy': 'http://b:2', 'no-proxy': 'z' } })];
  const read = parseDaemonFlags(config);
  assert.deepEqual([read.httpProxy, read.httpsProxy, read.noProxy], [undefined, 'http://b:2', 'z']);
  assert.throws(() => parseDaemonFlags([...config, '--no-proxy', 'q']), {
    message: /proxies\.no-proxy: \(from flag: q, from file: z\)/,
  });
  assert.throws(() => parseDaemonFlags(['--config-file', file({ proxies: 'x' })]), { message: /Config\.proxies/ });
  assert.throws(() => parseDaemonFlags(['--config-file', file({ proxies: { 'ftp-proxy': 'x' } })]), {
    message: /don't match any configuration option: proxies\.ftp-proxy/,
  });
});
