import type { SystemInfo } from '../../contract/index.ts';
import { command } from '../parse/command.ts';
import { documentFlags } from '../parse/list-flags.ts';
import { binarySize } from '../print/human.ts';
import { release } from '../release.ts';
import { compile, goJson, unescapeFormat } from '../template/index.ts';

export const info = command({
  usage: '[OPTIONS]',
  summary: 'Display system-wide information',
  operands: { least: 0, most: 0 },
  flags: documentFlags,
  async run(context, _operands, { format, json }) {
    const server = await context.client.system.info();
    if (json || format === 'json') await context.out(`${goJson(server)}\n`);
    else if (format !== '') await context.out(`${compile(unescapeFormat(format))(server)}\n`);
    else await context.out(text(server));
    for (const warning of server.Warnings ?? []) await context.err(`${warning}\n`);
    return 0;
  },
});

function text(server: SystemInfo): string {
  const { Plugins, Swarm, RegistryConfig } = server;
  const lines = [
    'Client: Portolan',
    ` Version:    ${release()}`,
    '',
    'Server:',
    ` Containers: ${server.Containers}`,
    `  Running: ${server.ContainersRunning}`,
    `  Paused: ${server.ContainersPaused}`,
    `  Stopped: ${server.ContainersStopped}`,
    ` Images: ${server.Images}`,
    ` Server Version: ${server.ServerVersion}`,
    ` Storage Driver: ${server.Driver}`,
    ...(server.DriverStatus ?? []).map(([name, value]) => `  ${name}: ${value}`),
    ` Logging Driver: ${server.LoggingDriver}`,
    ` Cgroup Driver: ${server.CgroupDriver}`,
    ` Cgroup Version: ${server.CgroupVersion}`,
    ' Plugins:',
    `  Volume: ${(Plugins?.Volume ?? []).join(' ')}`,
    `  Network: ${(Plugins?.Network ?? []).join(' ')}`,
    `  Log: ${(Plugins?.Log ?? []).join(' ')}`,
    ` Swarm: ${Swarm?.LocalNodeState ?? 'inactive'}`,
    ` Runtimes: ${Object.keys(server.Runtimes ?? {})
      .sort()
      .join(' ')}`,
    ` Default Runtime: ${server.DefaultRuntime}`,
    ` Init Binary: ${server.InitBinary}`,
    ' Security Options:',
    ...(server.SecurityOptions ?? []).flatMap(securityOption),
    ` Kernel Version: ${server.KernelVersion}`,
    ` Operating System: ${server.OperatingSystem}`,
    ` OSType: ${server.OSType}`,
    ` Architecture: ${server.Architecture}`,
    ` CPUs: ${server.NCPU}`,
    ` Total Memory: ${binarySize(server.MemTotal)}`,
    ` Name: ${server.Name}`,
    ` ID: ${server.ID}`,
    ` Docker Root Dir: ${server.DockerRootDir}`,
    ` Debug Mode: ${server.Debug}`,
    ` Experimental: ${server.ExperimentalBuild}`,
    ' Insecure Registries:',
    ...(RegistryConfig?.InsecureRegistryCIDRs ?? []).map((cidr) => `  ${cidr}`),
    ` Live Restore Enabled: ${server.LiveRestoreEnabled}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** "name=seccomp,profile=default" as a name with its settings below it. */
function securityOption(option: string): readonly string[] {
  const fields = option.split(',').map((field) => field.split('='));
  return fields.map(([key = '', value = '']) =>
    key === 'name' ? `  ${value}` : `   ${key[0]?.toUpperCase()}${key.slice(1)}: ${value}`,
  );
}
