import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import { AppError, Cidr, isIp, type Level, messageOf } from '../base/index.ts';

/** What `portolan daemon` was told: dockerd's names where dockerd has one. */
export type DaemonFlags = {
  readonly host: readonly string[];
  readonly dataRoot: string;
  readonly execRoot: string;
  readonly pidfile: string;
  readonly configFile?: string;
  readonly logLevel: Level;
  readonly debug: boolean;
  readonly bridge?: string;
  readonly bip?: string;
  readonly defaultAddressPool: readonly { readonly base: Cidr; readonly size: number }[];
  readonly mtu?: number;
  readonly dns: readonly string[];
  readonly dnsSearch: readonly string[];
  readonly dnsOpt: readonly string[];
  readonly ip?: string;
  readonly icc: boolean;
  readonly ipForward: boolean;
  readonly ipMasq: boolean;
  readonly label: readonly string[];
  readonly runtime: string;
  readonly conmon: string;
};

const append = (value: string, before: readonly string[] = []): string[] => [...before, value];

function address(value: string): string {
  if (!isIp(value)) throw new InvalidArgumentError('want an IP address.');
  return value;
}

function cidr(value: string): string {
  try {
    return Cidr.parse(value).toString();
  } catch (error) {
    throw new InvalidArgumentError(messageOf(error));
  }
}

function mtu(value: string): number {
  if (!/^\d+$/.test(value) || Number(value) < 68 || Number(value) > 65535)
    throw new InvalidArgumentError('want bytes from 68 to 65535.');
  return Number(value);
}

/** "base=10.10.0.0/16,size=24" */
function addressPool(value: string, before: DaemonFlags['defaultAddressPool'] = []): DaemonFlags['defaultAddressPool'] {
  const parts = new Map(value.split(',').map((part) => part.split('=') as [string, string]));
  const size = Number(parts.get('size'));
  try {
    const base = Cidr.parse(parts.get('base') ?? '').network;
    if (!Number.isInteger(size) || size < base.prefix || size > 32)
      throw new AppError('invalid', `size ${size} does not fit ${base}`);
    return [...before, { base, size }];
  } catch (error) {
    throw new InvalidArgumentError(`want base=CIDR,size=BITS: ${messageOf(error)}`);
  }
}

/** dockerd writes booleans as --icc, --icc=true and --icc=false. */
function boolean(value: string): boolean {
  if (!['true', 'false', '1', '0'].includes(value)) throw new InvalidArgumentError('want true or false.');
  return value === 'true' || value === '1';
}
const toggle = (flag: string, text: string, preset: boolean): Option =>
  new Option(`${flag} [boolean]`, text).argParser(boolean).preset(true).default(preset);

function command(): Command {
  return new Command('portolan daemon')
    .description('Run the engine in this network namespace, in the foreground')
    .option('-H, --host <url>', 'socket to serve, as unix://PATH or tcp://ADDRESS:PORT (repeatable)', append)
    .option('--data-root <dir>', 'where images, containers and records are kept', '/var/lib/portolan')
    .option('--exec-root <dir>', 'where the state of running containers is kept', '/run/portolan')
    .option('-p, --pidfile <path>', 'where to write the process id', '/run/portolan/portolan.pid')
    .option('--config-file <path>', 'JSON file with the same names as the flags (flags win)')
    .addOption(
      new Option('-l, --log-level <level>', 'least level to log')
        .choices(['debug', 'info', 'warn', 'error'])
        .default('info'),
    )
    .option('-D, --debug', 'log everything', false)
    .option('-b, --bridge <name>', 'link of the default network (docker0 if free); none: no default network')
    .option('--bip <cidr>', "the default bridge's address", cidr)
    .option(
      '--default-address-pool <pool>',
      'base=CIDR,size=BITS: where networks are taken from (repeatable)',
      addressPool,
      [],
    )
    .option('--mtu <bytes>', "MTU of the default network's links", mtu)
    .option('--dns <address>', 'name server for containers (repeatable)', (v, b: string[]) => append(address(v), b), [])
    .option('--dns-search <domain>', 'search domain for containers (repeatable)', append, [])
    .option('--dns-opt <option>', 'resolver option for containers (repeatable)', append, [])
    .option('--ip <address>', 'host address that ports are published on by default', address)
    .addOption(toggle('--icc', 'let containers of the default network reach each other', true))
    .addOption(toggle('--ip-forward', 'turn on forwarding in the kernel when it is off', true))
    .addOption(toggle('--ip-masq', 'masquerade what leaves the default network', true))
    .addOption(toggle('--live-restore', 'accepted: containers always outlive the engine', true))
    .addOption(toggle('--userland-proxy', 'accepted: the kernel forwards, there is no proxy to choose', false))
    .option('--label <key=value>', 'label of this engine, shown by info (repeatable)', append, [])
    .option('--runtime <path>', 'OCI runtime', 'runc')
    .option('--conmon <path>', 'container monitor', 'conmon');
}

/** Exits with commander's own text on a bad flag. Throws `invalid` on a bad file. */
export function parseDaemonFlags(argv: readonly string[]): DaemonFlags {
  const parser = command();
  parser.parse([...fromFile(argv), ...argv], { from: 'user' });
  const flags = parser.opts<DaemonFlags>();
  return {
    ...flags,
    host: flags.host ?? ['unix:///run/portolan/portolan.sock'],
    logLevel: flags.debug ? 'debug' : flags.logLevel,
  };
}

/** The configuration file's keys as flags that stand before the real ones. */
function fromFile(argv: readonly string[]): string[] {
  const at = argv.findIndex((arg) => arg === '--config-file' || arg.startsWith('--config-file='));
  if (at === -1) return [];
  const path = argv[at]!.includes('=') ? argv[at]!.slice(argv[at]!.indexOf('=') + 1) : (argv[at + 1] ?? '');
  let keys: Record<string, unknown>;
  try {
    keys = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  } catch (error) {
    throw new AppError('invalid', `cannot read the configuration file ${path}: ${messageOf(error)}`, { cause: error });
  }
  return Object.entries(keys).flatMap(([key, value]) => flagsOf(key, value));
}

/** dockerd's files use the plural for lists: "hosts", "default-address-pools". */
function flagsOf(key: string, value: unknown): string[] {
  const name =
    { hosts: 'host', labels: 'label', 'default-address-pools': 'default-address-pool', 'dns-opts': 'dns-opt' }[key] ??
    key;
  const one = (item: unknown): string =>
    typeof item === 'object' && item !== null
      ? `--${name}=${Object.entries(item)
          .map(([k, v]) => `${k}=${v}`)
          .join(',')}`
      : `--${name}=${item}`;
  return Array.isArray(value) ? value.map(one) : [one(value)];
}
