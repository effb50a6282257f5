import type { ExposedPort } from '../../network/index.ts';

/** A `--link` of the default network, as the linking container's environment tells of it. */
export type Linked = {
  readonly alias: string;
  /** Of the container that links. */
  readonly owner: string;
  /** The other one's, without prefix; undefined while it has none. */
  readonly address: string | undefined;
  /** What it exposes. */
  readonly ports: readonly ExposedPort[];
  readonly env: readonly string[];
};

/** The variables of a link: for its first port, each port, each run of ports, its name and the other one's variables. */
export function linkEnvironment({ alias, owner, address = '', ports, env }: Linked): readonly string[] {
  const prefix = alias.toUpperCase().replaceAll('-', '_');
  const keys = ports.toSorted((a, b) => rank(a).localeCompare(rank(b)) || a.port - b.port);
  const place = ({ port, protocol }: ExposedPort): string => `${protocol}://${address}:${port}`;
  const [first] = keys;
  return [
    ...(first === undefined ? [] : [`${prefix}_PORT=${place(first)}`]),
    ...keys.flatMap((key) => {
      const name = variable(prefix, key);
      return [
        `${name}=${place(key)}`,
        `${name}_ADDR=${address}`,
        `${name}_PORT=${key.port}`,
        `${name}_PROTO=${key.protocol}`,
      ];
    }),
    ...runsOf(keys).flatMap(([begin, end]) => {
      const name = variable(prefix, begin);
      const [start, last] = [`${name}_START=${place(begin)}`, `${name}_END=${place(end)}`];
      return [start, `${name}_PORT_START=${begin.port}`, last, `${name}_PORT_END=${end.port}`];
    }),
    `${prefix}_NAME=/${owner}/${alias}`,
    ...env
      .filter((entry) => entry.includes('=') && !/^(HOME|PATH)=/.test(entry))
      .map((entry) => `${prefix}_ENV_${entry}`),
  ];
}

/** TCP goes before the others. */
const rank = ({ protocol }: ExposedPort): string => (protocol === 'tcp' ? '' : protocol);

const variable = (prefix: string, { port, protocol }: ExposedPort): string =>
  `${prefix}_PORT_${port}_${protocol.toUpperCase()}`;

/** First and last of at least two ports that follow each other. */
function runsOf(ports: readonly ExposedPort[]): readonly (readonly [ExposedPort, ExposedPort])[] {
  const runs: [ExposedPort, ExposedPort][] = [];
  for (const port of ports) {
    const run = runs.at(-1);
    if (run !== undefined && port.port === run[1].port + 1 && port.protocol === run[0].protocol) run[1] = port;
    else runs.push([port, port]);
  }
  return runs.filter(([begin, end]) => begin !== end);
}
