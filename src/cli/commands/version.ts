import { arch } from 'node:os';
import type { SystemVersion } from '../../contract/index.ts';
import { command } from '../parse/command.ts';
import { documentFlags } from '../parse/list-flags.ts';
import { release } from '../release.ts';

export const version = command({
  usage: '[OPTIONS]',
  summary: 'Show the Portolan version information',
  operands: { least: 0, most: 0 },
  flags: documentFlags,
  async run(context, _operands, { format, json }) {
    const client = clientVersion();
    let server: SystemVersion | undefined;
    let failure: unknown;
    try {
      server = await context.client.system.version();
    } catch (error) {
      failure = error;
    }
    await context.out(
      await shown(
        { Client: { ...client, ApiVersion: server?.ApiVersion ?? '' }, Server: server },
        json ? 'json' : format,
      ),
    );
    if (failure === undefined) return 0;
    const { describeFailure } = await import('../failure.ts');
    await context.err(`${describeFailure(failure)}\n`);
    return 1;
  },
});

type ClientVersion = {
  readonly Version: string;
  readonly NodeVersion: string;
  readonly Os: string;
  readonly Arch: string;
};
type Versions = {
  readonly Client: ClientVersion & { readonly ApiVersion: string };
  readonly Server: SystemVersion | undefined;
};

/** Architectures as Go names them, for scripts that compare. */
const architectures: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };

const clientVersion = (): ClientVersion => ({
  Version: release(),
  NodeVersion: process.version.slice(1),
  Os: process.platform,
  Arch: architectures[arch()] ?? arch(),
});

async function shown(versions: Versions, format: string): Promise<string> {
  if (format === '') return text(versions);
  // Most calls want the plain text: the template reader is loaded when it is asked for.
  const { compile, goJson, unescapeFormat } = await import('../template/index.ts');
  return `${format === 'json' ? goJson(versions) : compile(unescapeFormat(format))(versions)}\n`;
}

function text({ Client, Server }: Versions): string {
  const client = section('Client: Portolan', [
    ['Version', Client.Version],
    ['Node version', Client.NodeVersion],
    ['OS/Arch', `${Client.Os}/${Client.Arch}`],
  ]);
  if (Server === undefined) return client;
  const engine = pairs('  ', [
    ['Version', Server.Version],
    ['API version', `${Server.ApiVersion} (minimum version ${Server.MinAPIVersion})`],
    ['OS/Arch', `${Server.Os}/${Server.Arch}`],
    ['Kernel', Server.KernelVersion],
  ]);
  const parts = (Server.Components ?? [])
    .filter(({ Name }) => Name !== 'Engine')
    .map(({ Name, Version }) => ` ${Name}:\n${pairs('  ', [['Version', Version]])}`);
  return `${client}\nServer:\n Engine:\n${engine}${parts.join('')}`;
}

const section = (title: string, rows: readonly (readonly [string, string])[]): string =>
  `${title}\n${pairs(' ', rows)}`;

const pairs = (indent: string, rows: readonly (readonly [string, string])[]): string =>
  rows.map(([name, value]) => `${indent}${`${name}:`.padEnd(19 - indent.length)}${value}\n`).join('');
