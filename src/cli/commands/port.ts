import { command } from '../parse/command.ts';

type Bindings = readonly { readonly HostIp: string; readonly HostPort: string }[];

export const port = command({
  usage: 'CONTAINER [PRIVATE_PORT[/PROTO]]',
  summary: 'List port mappings or a specific mapping for the container',
  operands: { least: 1, most: 2 },
  complete: ['running'],
  flags: {},
  async run(context, [name = '', wanted]) {
    const { NetworkSettings } = await context.client.containers.inspect(name);
    const ports = Object.entries(NetworkSettings.Ports ?? {});
    if (wanted === undefined) {
      const lines = ports.flatMap(([key, bindings]) => hostSides(bindings ?? []).map((side) => `${key} -> ${side}\n`));
      await context.out(lines.sort(byPort).join(''));
      return 0;
    }
    const key = wanted.includes('/') ? wanted : `${wanted}/tcp`;
    const bindings = ports.find(([one]) => one === key)?.[1];
    if (!bindings) throw new Error(`Error: No public port '${wanted}' published for ${name}`);
    await context.out(
      hostSides(bindings)
        .map((side) => `${side}\n`)
        .join(''),
    );
    return 0;
  },
});

const hostSides = (bindings: Bindings): readonly string[] =>
  bindings.map(({ HostIp, HostPort }) => `${HostIp.includes(':') ? `[${HostIp}]` : HostIp}:${HostPort}`);

const byPort = (a: string, b: string): number => Number.parseInt(a, 10) - Number.parseInt(b, 10) || (a < b ? -1 : 1);
