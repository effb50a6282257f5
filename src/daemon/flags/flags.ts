import { AppError, type Level } from '../../base/index.ts';
import { defaultAddressing } from '../../network/index.ts';
import { daemonCommand, parseArguments } from './command.ts';
import { settingsOfFile } from './config-file.ts';
import type { AddressPool, LogOption, Mark, NetworkOption } from './values.ts';

/** What `portolan daemon` was told, by its command line and its configuration file. */
export type DaemonFlags = {
  readonly host: readonly string[];
  readonly dataRoot: string;
  readonly execRoot: string;
  readonly pidfile: string;
  readonly configFile: string;
  readonly logLevel: Level;
  readonly debug: boolean;
  readonly label: readonly string[];
  readonly runtime: string;
  readonly conmon: string;
  readonly initPath?: string;
  readonly logDriver: string;
  readonly logOpt: readonly LogOption[];
  readonly bridge?: string;
  readonly bip?: string;
  readonly bip6?: string;
  readonly fixedCidr?: string;
  readonly fixedCidrV6?: string;
  readonly defaultGateway?: string;
  readonly defaultGatewayV6?: string;
  readonly ipv6: boolean;
  readonly icc: boolean;
  readonly ip?: string;
  readonly mtu?: number;
  readonly defaultAddressPool: readonly AddressPool[];
  readonly defaultNetworkOpt: readonly NetworkOption[];
  readonly dns: readonly string[];
  readonly dnsSearch: readonly string[];
  readonly dnsOpt: readonly string[];
  readonly hostGatewayIp: readonly string[];
  readonly ipForward: boolean;
  readonly ipForwardNoDrop: boolean;
  readonly ipMasq: boolean;
  readonly allowDirectRouting: boolean;
  readonly bridgeAcceptFwmark?: Mark;
  readonly iptables: boolean;
  readonly ip6tables: boolean;
  readonly insecureRegistry: readonly string[];
  readonly registryMirror: readonly string[];
  readonly certsDir: string;
  readonly httpProxy?: string;
  readonly httpsProxy?: string;
  readonly noProxy?: string;
  /** Of keys of the configuration file that change nothing here, one line each. */
  readonly notices: readonly string[];
};

/** Throws `invalid`, in dockerd's words. */
export function parseDaemonFlags(argv: readonly string[]): DaemonFlags {
  const given = daemonCommand();
  parseArguments(given, argv);
  const command = daemonCommand();
  const file = settingsOfFile(given);
  parseArguments(command, [...file.argv, ...argv]);
  const flags = command.opts<DaemonFlags>();
  checkTogether(flags);
  return {
    ...flags,
    host: flags.host.length > 0 ? flags.host : ['unix:///run/portolan/portolan.sock'],
    label: labels(flags.label),
    notices: file.notices,
    logLevel: flags.debug ? 'debug' : flags.logLevel,
  };
}

/** What each flag alone does not show. */
function checkTogether(flags: DaemonFlags): void {
  for (const name of ['iptables', 'ip6tables'] as const) if (!flags[name]) throw noRules(name, flags.icc);
  if (flags.bridge !== undefined && flags.bip !== undefined) {
    throw new AppError('invalid', 'You specified -b & --bip, mutually exclusive options. Please specify only one');
  }
  for (const family of [4, 6] as const) {
    const many = flags.hostGatewayIp.filter((address) => address.includes(':') === (family === 6)).length > 1;
    if (many) throw new AppError('invalid', `only one IPv${family} host gateway IP address can be specified`);
  }
  checkAddressing(flags);
}

/** Whether the blocks can be read and fit together; the bridge itself is looked at when the network starts. */
function checkAddressing({ bip, bip6, fixedCidr, fixedCidrV6, defaultGateway, defaultGatewayV6 }: DaemonFlags): void {
  const nothing = { foreign: false, addresses: [] };
  try {
    defaultAddressing(4, { bip, fixedCidr, gateway: bip === undefined ? undefined : defaultGateway }, nothing);
    defaultAddressing(6, { bip: bip6, fixedCidr: fixedCidrV6, gateway: bip6 && defaultGatewayV6 }, nothing);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const text = `failed to start daemon: Error initializing network controller: ${error.message}`;
    throw new AppError('invalid', text, { cause: error });
  }
}

/** Without its rules an engine would publish, isolate and masquerade nothing: better not to start. */
function noRules(name: 'iptables' | 'ip6tables', icc: boolean): AppError {
  if (name === 'iptables' && !icc) {
    const text = 'You specified --iptables=false with --icc=false. ICC=false uses iptables to function.';
    return new AppError('invalid', `${text} Please set --icc or --iptables to true.`);
  }
  return new AppError(
    'invalid',
    `--${name}=false: this engine publishes ports and keeps networks apart by rules alone. They are an nftables table of ` +
      'its own, and touch no other rule; use --ip-masq=false to leave addresses as they are, --ip=127.0.0.1 to publish ' +
      'for this host only, and --ip-forward=false to leave forwarding alone',
  );
}

function labels(given: readonly string[]): readonly string[] {
  const seen = new Map<string, string>();
  for (const label of given) {
    const [key = '', ...rest] = label.split('=');
    const value = rest.join('=');
    const before = seen.get(key);
    if (before !== undefined && before !== value) {
      throw new AppError('invalid', `conflict labels for ${key}=${value} and ${key}=${before}`);
    }
    seen.set(key, value);
  }
  return [...seen].map(([key, value]) => `${key}=${value}`);
}
