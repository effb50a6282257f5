import type { ContainerInspect } from '../../contract/index.ts';
import { command } from '../parse/command.ts';
import { toggle } from '../parse/flag.ts';
import { detachKeysFlag, sigProxyFlag } from '../parse/list-flags.ts';
import { attached } from '../session/attached.ts';

export const attach = command({
  usage: '[OPTIONS] CONTAINER',
  summary: 'Attach local standard input, output, and error streams to a running container',
  operands: { least: 1, most: 1 },
  complete: ['running'],
  flags: {
    detachKeys: detachKeysFlag,
    noStdin: toggle('--no-stdin', 'Do not attach STDIN'),
    sigProxy: sigProxyFlag,
  },
  async run(context, [name = ''], { detachKeys, noStdin, sigProxy }) {
    const { containers } = context.client;
    const container = await containers.inspect(name);
    refuse(container);
    const { Id, Config } = container;
    const stdin = !noStdin && Config.OpenStdin;
    if (stdin && Config.Tty && context.stdio.stdin.isTTY !== true) throw new Error('the input device is not a TTY');
    const { exit } = await containers.wait(Id, 'not-running');
    const stream = await containers.attach(Id, { stdin, stdout: true, stderr: true, detachKeys });
    const session = { container: Id, stream, exit, tty: Config.Tty, stdin, proxySignals: sigProxy && !Config.Tty };
    const outcome = await attached(context, session, async () => {});
    if (!outcome.detached) return outcome.exitCode;
    await context.err('read escape sequence\n');
    return 1;
  },
});

function refuse({ State }: ContainerInspect): void {
  if (!State.Running) throw new Error('cannot attach to a stopped container, start it first');
  if (State.Paused) throw new Error('cannot attach to a paused container, unpause it first');
  if (State.Restarting) throw new Error('cannot attach to a restarting container, wait until it is running');
}
