import type { Context } from '../context.ts';
import { describeFailure } from '../failure.ts';
import { command } from '../parse/command.ts';
import { toggle } from '../parse/flag.ts';
import { detachKeysFlag } from '../parse/list-flags.ts';
import { attached } from '../session/attached.ts';

export const start = command({
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  summary: 'Start one or more stopped containers',
  operands: { least: 1 },
  complete: ['containers'],
  flags: {
    attach: toggle('-a, --attach', 'Attach STDOUT/STDERR and forward signals'),
    interactive: toggle('-i, --interactive', "Attach container's STDIN"),
    detachKeys: detachKeysFlag,
  },
  async run(context, names, { attach, interactive, detachKeys }) {
    if (!attach && !interactive) return startAll(context, names);
    const [name = '', ...others] = names;
    if (others.length > 0) throw new Error('you cannot start and attach multiple containers at once');
    return startAttached(context, name, interactive, detachKeys);
  },
});

async function startAll(context: Context, names: readonly string[]): Promise<number> {
  const failed: string[] = [];
  for (const name of names) {
    try {
      await context.client.containers.start(name);
      await context.out(`${name}\n`);
    } catch (error) {
      await context.err(`${describeFailure(error)}\n`);
      failed.push(name);
    }
  }
  if (failed.length === 0) return 0;
  await context.err(`Error: failed to start containers: ${failed.join(', ')}\n`);
  return 1;
}

async function startAttached(
  context: Context,
  name: string,
  interactive: boolean,
  detachKeys: string,
): Promise<number> {
  const { containers } = context.client;
  const { Id, Config, HostConfig } = await containers.inspect(name);
  const stdin = interactive && Config.OpenStdin;
  const stream = await containers.attach(Id, { stdin, stdout: true, stderr: true, detachKeys });
  const { exit } = await containers.wait(Id, HostConfig.AutoRemove ? 'removed' : 'next-exit');
  const session = { container: Id, stream, exit, tty: Config.Tty, stdin, proxySignals: !Config.Tty };
  const outcome = await attached(context, session, () => containers.start(Id, detachKeys));
  return outcome.detached ? 0 : outcome.exitCode;
}
