import { defaultHost } from '../client/index.ts';
import { catalog, daemon, groups } from './catalog.ts';
import { twoColumns } from './parse/help.ts';

const common = ['run', 'exec', 'ps', 'images', 'version', 'info'];

/** The text of `portolan --help`. */
export function rootHelp(): string {
  const plain = catalog
    .filter(({ names }) => !names[0]!.includes(' '))
    .map(({ names, summary }) => [names[0]!, summary] as const);
  const others = [...plain.filter(([name]) => !common.includes(name)), [daemon.name, daemon.summary] as const];
  return `Usage:  portolan [OPTIONS] COMMAND

A container engine for Linux whose network you can see

Common Commands:
${twoColumns(plain.filter(([name]) => common.includes(name)))}

Management Commands:
${twoColumns(Object.entries(groups))}

Commands:
${twoColumns(others.sort(([a], [b]) => (a < b ? -1 : 1)))}

Global Options:
${twoColumns([
  [
    '-H, --host string',
    `Socket of the engine to talk to (default "${defaultHost}"; environment: PORTOLAN_HOST, DOCKER_HOST)`,
  ],
  ['    --help', 'Print usage'],
  ['-v, --version', 'Print version information and quit'],
])}

Run 'portolan COMMAND --help' for more information on a command.
`;
}

/** The text of `portolan network`, and of `portolan network --help`. */
export function groupHelp(group: keyof typeof groups): string {
  const members = catalog.flatMap(({ names, summary }) => {
    const name = names.find((one) => one.startsWith(`${group} `));
    return name === undefined ? [] : [[name.slice(group.length + 1), summary] as const];
  });
  return `Usage:  portolan ${group} COMMAND

${groups[group]}

Commands:
${twoColumns(members.sort(([a], [b]) => (a < b ? -1 : 1)))}

Run 'portolan ${group} COMMAND --help' for more information on a command.
`;
}
