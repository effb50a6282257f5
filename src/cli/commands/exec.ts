import type { Context } from '../context.ts';
import { environment } from '../create/lists.ts';
import { command } from '../parse/command.ts';
import { list, text, toggle } from '../parse/flag.ts';
import { detachKeysFlag } from '../parse/list-flags.ts';
import { copyInput, copyOutput } from '../session/streams.ts';
import { followSize, rawMode } from '../session/terminal.ts';

export const exec = command({
  usage: '[OPTIONS] CONTAINER COMMAND [ARG...]',
  summary: 'Execute a command in a running container',
  operands: { least: 2 },
  complete: ['running'],
  passThrough: true,
  flags: {
    detach: toggle('-d, --detach', 'Detached mode: run command in the background'),
    detachKeys: detachKeysFlag,
    env: list('-e, --env <list>', 'Set environment variables'),
    envFile: list('--env-file <list>', 'Read in a file of environment variables'),
    interactive: toggle('-i, --interactive', 'Keep STDIN open even if not attached'),
    privileged: toggle('--privileged', 'Give extended privileges to the command'),
    tty: toggle('-t, --tty', 'Allocate a pseudo-TTY'),
    user: text('-u, --user <string>', 'Username or UID (format: "<name|uid>[:<group|gid>]")'),
    workdir: text('-w, --workdir <string>', 'Working directory inside the container'),
  },
  async run(context, [container = '', ...words], values) {
    const { detach, interactive, tty } = values;
    if (interactive && tty && !detach && context.stdio.stdin.isTTY !== true) {
      throw new Error('the input device is not a TTY');
    }
    const { execs } = context.client;
    const { Id } = await execs.create(container, {
      Cmd: words,
      AttachStdin: interactive && !detach,
      AttachStdout: !detach,
      AttachStderr: !detach,
      Tty: tty,
      Env: environment(values.envFile, values.env, context.env),
      User: values.user,
      WorkingDir: values.workdir,
      Privileged: values.privileged,
      DetachKeys: values.detachKeys,
    });
    if (!detach) return runAttached(context, Id, tty, interactive);
    await execs.startDetached(Id, tty);
    return 0;
  },
});

async function runAttached(context: Context, id: string, tty: boolean, interactive: boolean): Promise<number> {
  const { execs } = context.client;
  const { stdin, stdout } = context.stdio;
  const size = tty && stdout.rows !== undefined ? ([stdout.rows, stdout.columns ?? 0] as const) : undefined;
  using stack = new DisposableStack();
  const stream = await execs.start(id, tty, size);
  stack.defer(() => stream.destroy());
  if (interactive) {
    if (tty) stack.use(await rawMode(stdin));
    stack.use(copyInput(stdin, stream));
  }
  if (tty) stack.use(followSize(stdout, (rows, columns) => execs.resize(id, rows, columns)));
  await copyOutput(stream, tty, context.stdio);
  return (await execs.inspect(id)).ExitCode ?? 0;
}
