import { Command, CommanderError, Option } from 'commander';
import { AppError } from '../../base/index.ts';
import * as values from './values.ts';

/** What a flag takes; decides too which JSON value its key in the configuration file wants. */
export type Kind = 'bool' | 'text' | 'number' | 'list';

/** A flag of `portolan daemon`, as `-b, --bridge <name>`. */
export type Flag = {
  readonly flags: string;
  readonly about: string;
  readonly kind: Kind;
  readonly parse: values.Parse<unknown>;
  readonly preset?: unknown;
  /** In the configuration file, where it is called otherwise: dockerd's lists are in the plural there, `a.b` is b in a. */
  readonly key?: string;
};

const flag = (flags: string, about: string, parse: values.Parse<unknown> = values.text, preset?: unknown): Flag => ({
  flags,
  about,
  kind: 'text',
  parse,
  preset,
});
const number = (flags: string, about: string, parse: values.Parse<number>): Flag => ({
  flags,
  about,
  kind: 'number',
  parse,
});
/** dockerd writes booleans as --icc, --icc=true and --icc=false. */
const toggle = (flags: string, about: string, preset: boolean): Flag => ({
  flags: `${flags} [boolean]`,
  about,
  kind: 'bool',
  parse: values.bool,
  preset,
});
const list = (flags: string, about: string, parse: values.Parse<unknown> = values.text, key?: string): Flag => ({
  flags,
  about: `${about} (repeatable)`,
  kind: 'list',
  parse,
  preset: [],
  ...(key === undefined ? {} : { key }),
});

const general: readonly Flag[] = [
  list('-H, --host <url>', 'socket to serve, as unix://PATH or tcp://ADDRESS:PORT', values.text, 'hosts'),
  flag('--data-root <dir>', 'where images, containers and records are kept', values.text, '/var/lib/portolan'),
  flag('--exec-root <dir>', 'where the state of running containers is kept', values.text, '/run/portolan'),
  flag('-p, --pidfile <path>', 'where to write the process id', values.text, '/run/portolan/portolan.pid'),
  flag('--config-file <path>', 'JSON file with the same names as the flags', values.text, '/etc/portolan/daemon.json'),
  flag('-l, --log-level <level>', 'least level to log: debug, info, warn, error', values.logLevel, 'info'),
  toggle('-D, --debug', 'log everything', false),
  list('--label <key=value>', 'label of this engine, shown by info', values.label, 'labels'),
  flag('--runtime <path>', 'OCI runtime', values.text, 'runc'),
  flag('--conmon <path>', 'container monitor', values.text, 'conmon'),
  flag('--init-path <path>', "static init program of containers with --init, instead of the machine's tini"),
  flag('--log-driver <driver>', 'log driver of containers that do not say', values.text, 'json-file'),
  list('--log-opt <option>', 'NAME=VALUE: its options', values.logOption, 'log-opts'),
  toggle('--live-restore', 'accepted: containers always outlive the engine', true),
];

const defaultNetwork: readonly Flag[] = [
  flag('-b, --bridge <name>', 'link of the default network (docker0 if free); none: no default network'),
  flag('--bip <cidr>', "the default bridge's IPv4 address with its prefix"),
  flag('--bip6 <cidr>', "the default bridge's IPv6 address with its prefix"),
  flag('--fixed-cidr <cidr>', 'IPv4 addresses of the default network come from here'),
  flag('--fixed-cidr-v6 <cidr>', 'IPv6 addresses of the default network come from here'),
  flag('--default-gateway <address>', 'IPv4 gateway of the default network, if not its bridge', values.ip),
  flag('--default-gateway-v6 <address>', 'IPv6 gateway of the default network, if not its bridge', values.ip),
  toggle('--ipv6', 'give the default network IPv6', false),
  toggle('--icc', 'let containers of the default network reach each other', true),
  flag('--ip <address>', 'host address that ports of the default network are published on', values.ip),
  number('--mtu <bytes>', 'MTU of the links of networks that do not say', values.mtu),
];

const allNetworks: readonly Flag[] = [
  list(
    '--default-address-pool <pool>',
    'base=CIDR,size=BITS: where networks are taken from',
    values.addressPool,
    'default-address-pools',
  ),
  list(
    '--default-network-opt <option>',
    'DRIVER=OPTION=VALUE: option of new networks that do not say',
    values.networkOption,
    'default-network-opts',
  ),
  list('--dns <address>', 'name server for containers', values.listedIp),
  list('--dns-search <domain>', 'search domain for containers', values.searchDomain),
  list('--dns-opt <option>', 'resolver option for containers', values.text, 'dns-opts'),
  list(
    '--host-gateway-ip <address>',
    'what host-gateway in --add-host stands for',
    values.listedIp,
    'host-gateway-ips',
  ),
  toggle('--ip-forward', 'turn on forwarding in the kernel when it is off', true),
  toggle('--ip-forward-no-drop', 'and do not drop what is forwarded for others', false),
  toggle('--ip-masq', 'masquerade what leaves the networks', true),
  toggle('--allow-direct-routing', "let outside machines reach published ports at the container's own address", false),
  flag('--bridge-accept-fwmark <mark>', 'MARK[/MASK]: packets with this mark reach containers', values.fwmark),
  toggle('--iptables', 'only true: the rules are what keeps networks apart', true),
  toggle('--ip6tables', 'only true: the rules are what keeps networks apart', true),
  flag('--firewall-backend <name>', 'only nftables', values.firewallBackend),
  toggle('--userland-proxy', 'accepted: the kernel forwards, there is no proxy to choose', false),
  flag('--userland-proxy-path <path>', 'accepted: there is no proxy'),
  number('--network-control-plane-mtu <bytes>', 'accepted: there are no overlay networks', values.controlPlaneMtu),
];

const registries: readonly Flag[] = [
  list(
    '--insecure-registry <registry>',
    'HOST[:PORT] or CIDR where TLS need not prove who it is, or may be missing',
    values.insecureRegistry,
    'insecure-registries',
  ),
  list('--registry-mirror <url>', 'asked before Docker Hub', values.mirror, 'registry-mirrors'),
  flag(
    '--certs-dir <dir>',
    'certificates by registry: HOST[:PORT]/*.crt, *.cert, *.key',
    values.text,
    '/etc/docker/certs.d',
  ),
];

const proxies: readonly Flag[] = (
  [
    ['--http-proxy <url>', 'proxy for http:// addresses, instead of HTTP_PROXY'],
    ['--https-proxy <url>', 'proxy for https:// addresses, instead of HTTPS_PROXY'],
    ['--no-proxy <hosts>', 'hosts, domains and blocks that are asked directly, instead of NO_PROXY'],
  ] as const
).map(([flags, about]) => ({ ...flag(flags, about), key: `proxies.${/--(\S+)/.exec(flags)![1]!}` }));

export const flagTable: readonly Flag[] = [...general, ...defaultNetwork, ...allNetworks, ...registries, ...proxies];

/** "fixed-cidr-v6" of "--fixed-cidr-v6 <cidr>". */
export const nameOf = ({ flags }: Flag): string => /--([\w-]+)/.exec(flags)![1]!;
/** "fixedCidrV6" of "fixed-cidr-v6". */
export const propertyOf = (name: string): string => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
/** "-b, --bridge" */
const labelOf = ({ flags }: Flag): string => flags.replace(/ [<[].*$/, '');

/** The parser of the command line. Whoever asks for help gets it, and the process ends. */
export function daemonCommand(): Command {
  const command = new Command('portolan daemon')
    .description('Run the engine in this network namespace, in the foreground')
    .allowExcessArguments()
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  for (const one of flagTable) command.addOption(optionOf(one));
  return command;
}

function optionOf(one: Flag): Option {
  const label = labelOf(one);
  const option = new Option(one.flags, one.about);
  if (one.kind === 'list') {
    option.argParser((text, before: readonly unknown[] = []) => [...before, values.read(label, one.parse, text)]);
  } else {
    option.argParser((text) => values.read(label, one.parse, text));
  }
  if (one.kind === 'bool') option.preset('true');
  if (option.negate) {
    // `--no-proxy HOSTS` is a flag of its own, and not the opposite of another.
    option.negate = false;
    option.attributeName = () => propertyOf(nameOf(one));
  }
  return one.preset === undefined ? option : option.default(one.preset);
}

/** Parses, in dockerd's words when it cannot. Throws `invalid`. */
export function parseArguments(command: Command, argv: readonly string[]): void {
  try {
    command.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) process.exit(0);
    throw new AppError('invalid', wordsOf(error), { cause: error });
  }
  const [stray] = command.args;
  if (stray !== undefined) throw new AppError('invalid', `"portolan daemon" accepts no arguments: ${stray}`);
}

function wordsOf({ code, message }: CommanderError): string {
  const named = /'([^']+)'/.exec(message)?.[1] ?? '';
  if (code === 'commander.unknownOption') {
    return named.startsWith('--') ? `unknown flag: ${named}` : `unknown shorthand flag: '${named[1]}' in ${named}`;
  }
  if (code === 'commander.optionMissingArgument') return `flag needs an argument: ${named.replace(/ .*/, '')}`;
  return message.replace(/^error: /, '');
}
