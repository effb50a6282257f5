import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Kind } from './networks.ts';

type Member = { readonly id: string; readonly ipv4: string; readonly ipv6: string; readonly netnsPath: string };
export type Network = {
  readonly name: string;
  /** Publishes 80 of TCP and UDP: on every address as port `all`, and on loopback as port `loopback`. */
  readonly server: Member;
  readonly peer: Member;
  readonly all: number;
  readonly loopback: number;
};

/** A network of that kind with a server and a peer in it. Its subnets are 10.77.<index>.0/24 and fd77:<index>::/64. */
export async function makeNetwork(
  socket: string,
  { name, options = {}, internal = false }: Kind,
  index: number,
): Promise<Network> {
  const Config = [{ Subnet: `10.77.${index}.0/24` }, { Subnet: `fd77:${index}::/64` }];
  await call(socket, 'POST', '/networks/create', {
    Name: name,
    Options: options,
    Internal: internal,
    EnableIPv6: true,
    IPAM: { Config },
  });
  const [all, loopback] = [20_000 + 2 * index, 20_001 + 2 * index];
  const bindings = [{ HostPort: `${all}` }, { HostIp: '127.0.0.1', HostPort: `${loopback}` }];
  const server = await member(socket, name, { '80/tcp': bindings, '80/udp': bindings });
  return { name, server, peer: await member(socket, name, {}), all, loopback };
}

async function member(socket: string, network: string, ports: object): Promise<Member> {
  const { Id } = (await call(socket, 'POST', '/containers/create', {
    Image: 'busybox',
    Cmd: ['sleep', '1000'],
    ExposedPorts: Object.fromEntries(Object.keys(ports).map((port) => [port, {}])),
    HostConfig: { NetworkMode: network, PortBindings: ports },
  })) as { Id: string };
  await call(socket, 'POST', `/containers/${Id}/start`);
  const { State, NetworkSettings } = (await call(socket, 'GET', `/containers/${Id}/json`)) as {
    State: { Pid: number };
    NetworkSettings: { Networks: Record<string, { IPAddress: string; GlobalIPv6Address: string }> };
  };
  const { IPAddress, GlobalIPv6Address } = NetworkSettings.Networks[network]!;
  return { id: Id, ipv4: IPAddress, ipv6: GlobalIPv6Address, netnsPath: `/proc/${State.Pid}/ns/net` };
}

async function call(socket: string, method: string, path: string, body?: object): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const headers = { 'content-type': 'application/json' };
  const sent = request({ socketPath: socket, method, path, headers, agent: false }, async (answer) => {
    const said = await text(answer);
    if (answer.statusCode! >= 400) reject(new Error(`${method} ${path}: ${said}`));
    else resolve(said === '' ? undefined : JSON.parse(said));
  }).on('error', reject);
  sent.end(body === undefined ? undefined : JSON.stringify(body));
  return promise;
}
