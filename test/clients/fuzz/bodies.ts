import fc, { type Arbitrary } from 'fast-check';
import { containerConfigEntries } from '../../../src/contract/container-config.ts';
import { endpointConfig } from '../../../src/contract/endpoint-config.ts';
import { hostConfigEntries } from '../../../src/contract/host-config.ts';

/** As much of a valibot schema as is looked at here. */
type Schema = {
  readonly type: string;
  readonly wrapped?: Schema;
  readonly item?: Schema;
  readonly items?: readonly Schema[];
  readonly value?: Schema;
  readonly options?: readonly Schema[];
  readonly entries?: Readonly<Record<string, Schema>>;
  readonly pipe?: readonly Schema[];
};

/** Texts that mean something somewhere, and such as mean harm. No path of the machine's own is among them. */
const texts = fc.constantFrom(
  ...['', 'x', 'busybox', 'kept', 'wire', 'bridge', 'host', 'none', 'container:kept', 'default', 'A=b', 'no', 'always'],
  ...[
    '80/tcp',
    '80-90/udp',
    '0',
    '-1',
    '65536',
    '192.0.2.1',
    '10.94.0.9',
    '::1',
    '10.94.0.0/24',
    'fd00::/64',
    '999.1.1.1',
  ],
  ...['\u0000', '\ud800', '../../x', '__proto__', 'constructor', 'ü', '%s%n', '"', '\n', '{{.}}', 'x'.repeat(5000)],
  ...[
    'bind',
    'volume',
    'tmpfs',
    'private',
    'SIGKILL',
    'sha256:0',
    '1.5',
    '99999999999999999999',
    'net.ipv4.ip_forward',
  ],
);
const numbers = fc.oneof(fc.constantFrom(0, -1, 1, 0.5, 1e300, 2 ** 31, 2 ** 53, -(2 ** 63)), fc.integer());

/** Anything, nested a little. */
const odd: Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(null, true, false),
    numbers,
    texts,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(texts, tie('value'), { maxKeys: 3 }),
  ),
})).value;

/** What fits a schema; now and then something else. */
export function fitting(schema: Schema): Arbitrary<unknown> {
  return fc.oneof({ arbitrary: exact(schema), weight: 30 }, { arbitrary: odd, weight: 1 });
}

function exact(schema: Schema): Arbitrary<unknown> {
  const [first, ...rest] = schema.pipe ?? [];
  const inner = rest.find(({ entries }) => entries !== undefined) ?? first;
  if (inner !== undefined && inner.type !== schema.type) return exact(inner);
  if (inner?.entries !== undefined && schema.entries === undefined) return exact(inner);
  const { type, wrapped, item, items, value, options, entries } = schema;
  if (wrapped !== undefined) return fc.oneof({ arbitrary: exact(wrapped), weight: 4 }, fc.constant(null));
  if (entries !== undefined) return someOf(entries);
  if (options !== undefined) return fc.oneof(...options.map(exact));
  if (items !== undefined) return fc.tuple(...items.map(fitting));
  if (item !== undefined) return fc.array(fitting(item), { maxLength: 3 });
  if (value !== undefined) return fc.dictionary(texts, fitting(value), { maxKeys: 3 });
  if (type === 'string') return texts;
  if (type === 'number') return numbers;
  if (type === 'boolean') return fc.boolean();
  return odd;
}

/** A few of an object's fields. */
function someOf(entries: Readonly<Record<string, Schema>>): Arbitrary<unknown> {
  const names = Object.keys(entries).filter((name) => !outside.has(name));
  return fc
    .subarray(names, { maxLength: Math.min(names.length, 5) })
    .chain((chosen) => fc.record(Object.fromEntries(chosen.map((name) => [name, fitting(entries[name]!)]))));
}

/** What would reach beyond the lab: control groups and devices of the machine's, programs as monitors. */
const outside = new Set(['CgroupParent', 'Devices', 'ContainerIDFile']);

const schemas = (entries: object) => entries as Readonly<Record<string, Schema>>;
const config = someOf(schemas(containerConfigEntries));
const host = someOf(schemas(hostConfigEntries));
const endpoint = fitting(endpointConfig as unknown as Schema);

/** Bodies by the end of the path they are sent to; of any other, `anyBody`. */
export const bodies: Readonly<Record<string, Arbitrary<unknown>>> = {
  '/containers/create': fc
    .record({ config, HostConfig: host, EndpointsConfig: fc.dictionary(texts, endpoint, { maxKeys: 2 }) })
    .map(({ config, HostConfig, EndpointsConfig }) => ({
      Image: 'busybox',
      ...(config as object),
      HostConfig,
      NetworkingConfig: { EndpointsConfig },
    })),
  '/containers/:id/update': host,
  '/networks/create': fc.record(
    {
      Name: texts,
      Driver: fc.constantFrom('bridge', 'macvlan', 'ipvlan', 'host', 'null', 'x', ''),
      Internal: fc.boolean(),
      EnableIPv6: fc.boolean(),
      IPAM: fc.record({
        Driver: texts,
        Config: fc.array(fc.record({ Subnet: texts, IPRange: texts, Gateway: texts, AuxiliaryAddresses: odd })),
      }),
      Options: fc.dictionary(
        fc.constantFrom('com.docker.network.bridge.name', 'com.docker.network.driver.mtu', 'parent', 'x'),
        texts,
      ),
      Labels: odd,
    },
    { requiredKeys: ['Name'] },
  ),
  '/networks/:id/connect': fc.record({ Container: texts, EndpointConfig: endpoint }),
  '/networks/:id/disconnect': fc.record({ Container: texts, Force: odd }),
  '/volumes/create': fc.record({ Name: texts, Driver: texts, DriverOpts: fc.constantFrom({}, null, 1), Labels: odd }),
  '/containers/:id/exec': fc.record({
    Cmd: fc.constantFrom(['true'], 'true', null, 3),
    Env: odd,
    User: texts,
    Tty: odd,
  }),
  '/exec/:id/start': fc.record({ Detach: odd, Tty: odd, ConsoleSize: odd }),
};
export const anyBody = odd;

/** Bodies that are not what they say, or more than anybody wants. */
export const hostileBodies: readonly (string | Buffer)[] = [
  '{',
  '}',
  '',
  '\u0000',
  'null',
  '[]',
  '"x"',
  '{"Image":"busybox"}{"Image":"busybox"}',
  '{"Image":"busybox","Image":7}',
  '{"__proto__":{"Image":"busybox"},"constructor":{"prototype":{"x":1}}}',
  `${'['.repeat(200_000)}`,
  `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
  `${'{"HostConfig":'.repeat(50_000)}1${'}'.repeat(50_000)}`,
  Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
  `{"Image":"busybox","Labels":{"a":"${'x'.repeat(5 << 20)}"}}`,
  '{"Memory":1e999}',
  '{"Env":["A=\\u0000"]}',
];
