import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { AppError, newId, prefixed, shortId } from '../../base/index.ts';
import type { ContainerCreateBody, EndpointConfig } from '../../contract/index.ts';
import type { EndpointRequest, NetworkRecord } from '../../store/index.ts';
import { announce } from '../container/announce.ts';
import type { Container } from '../container/container.ts';
import { containerFiles } from '../container/files.ts';
import { type ContainerRecord, newState } from '../container/record.ts';
import type { Parts } from '../parts.ts';
import { networkMode } from '../run/network.ts';
import { removeRecord } from '../run/remove.ts';
import { asked } from './asked.ts';
import { fillVolumes } from './fill.ts';
import { warningsOf, withDefaults } from './host-defaults.ts';
import { resolveLinks } from './links.ts';
import { withLogging } from './log-options.ts';
import { filledOf, makeMounts, mountRecords } from './make-mounts.ts';
import { argsOf, mergeConfig } from './merge-config.ts';
import { planMounts } from './mount-points.ts';
import { inventName } from './names.ts';
import { checkPlatform } from './platform.ts';
import { checkCreate, checkName } from './validate.ts';

/** POST /containers/create: everything is checked, then recorded; nothing runs yet. On failure nothing is left. */
export async function createContainer(
  parts: Parts,
  asked: string,
  given: ContainerCreateBody,
  platform = '',
  { buildStep = false }: Pick<ContainerRecord, 'buildStep'> = {},
): Promise<{ readonly Id: string; readonly Warnings: readonly string[] }> {
  const body = { ...given, HostConfig: withLogging(given.HostConfig, parts.options.logging) };
  const id = newId();
  const name = asked === '' ? inventName((one) => parts.containers.nameTaken(one)) : checkName(asked);
  checkCreate(body.Config, body.HostConfig);
  if (body.Config.Image === '')
    throw new AppError('invalid', 'no image specified: want the name or id of one in Image');
  const machine = parts.runtime.abilities();
  const image = parts.images.get(body.Config.Image);
  checkPlatform(body.Config.Image, image.document, platform);
  const config = mergeConfig(body.Config, image.document.config ?? {});
  const mode = modeById(parts, body);
  using _name = parts.containers.reserve(name, id);
  const record: Omit<ContainerRecord, 'mounts'> = {
    id,
    name,
    created: new Date().toISOString(),
    imageId: image.id,
    config: { ...config, ...namesOf(parts, id, body) },
    hostConfig: {
      ...withDefaults(body.HostConfig, machine),
      NetworkMode: mode,
      Links: linksOf(parts, mode, body.HostConfig.Links),
    },
    args: argsOf(config),
    unfinished: true,
    state: newState,
    restartCount: 0,
    stoppedByUser: false,
    ...(buildStep ? { buildStep } : {}),
  };
  const networks = checkNetworks(parts, mode, body.Endpoints, record.hostConfig.Links);
  const plan = await planMounts(parts, { config, hostConfig: body.HostConfig });
  const mounts = mountRecords(parts, id, plan);
  // What will be made is written down before, so that whoever has to undo it finds all of it.
  const container = parts.containers.add({ ...record, mounts });
  try {
    await mkdir(containerFiles(parts, id).dir, { recursive: true, mode: 0o710 });
    await makeMounts(parts, container, plan);
    await fillVolumes(parts, container, filledOf(plan, mounts));
    for (const network of networks) await attach(parts, id, network);
    container.update({ unfinished: false });
  } catch (error) {
    await removeRecord(parts, container, { volumes: true });
    throw error;
  }
  announce(parts, container, 'create');
  return { Id: id, Warnings: warningsOf(body.HostConfig, machine) };
}

/** Its own short id, unless it shares another stack's name. */
function namesOf(
  parts: Parts,
  id: string,
  { Config, HostConfig }: ContainerCreateBody,
): Pick<ContainerRecord['config'], 'Hostname' | 'Domainname'> {
  const mode = networkMode(HostConfig.NetworkMode);
  if (mode.kind === 'container') {
    const { Hostname, Domainname } = asked(() => owner(parts, mode.ref)).record.config;
    return { Hostname, Domainname };
  }
  const { Hostname, Domainname } = Config;
  if (Hostname !== '') return { Hostname, Domainname };
  return { Hostname: mode.kind === 'host' ? hostname() : shortId(id), Domainname };
}

const owner = (parts: Parts, ref: string): Container =>
  prefixed('joining network namespace of container', () => parts.containers.find(ref));

/** Those of networks that users made are their endpoints'. */
function linksOf(parts: Parts, mode: string, links: readonly string[]): readonly string[] {
  const resolved = resolveLinks(parts, links);
  return isDefault(mode) || ['host', 'none'].includes(mode) ? resolved : [];
}

/** As inspect shows it: a container whose network is shared is named by its id, whatever it will be called by then. */
function modeById(parts: Parts, { HostConfig }: ContainerCreateBody): string {
  const mode = networkMode(HostConfig.NetworkMode);
  if (mode.kind === 'own' && isDefault(HostConfig.NetworkMode) && !hasDefault(parts)) return 'none';
  if (mode.kind !== 'container') return HostConfig.NetworkMode;
  return `container:${asked(() => owner(parts, mode.ref)).id}`;
}

const isDefault = (mode: string): boolean => ['', 'default', 'bridge'].includes(mode);

/** With `--bridge none` there is no default network: who asks for nothing gets `none`. */
const hasDefault = ({ network }: Parts): boolean => network.networks().some(({ name }) => name === 'bridge');

type Attachment = { readonly ref: string; readonly network: NetworkRecord; readonly request: EndpointRequest };

async function attach(parts: Parts, id: string, { ref, network, request }: Attachment): Promise<void> {
  try {
    await parts.network.connect(id, network.id, request);
  } catch (error) {
    if (!(error instanceof AppError && error.message.startsWith('invalid endpoint settings'))) throw error;
    throw new AppError(error.kind, `invalid config for network ${ref}: ${error.message}`, { cause: error });
  }
}

/**
 * The networks to attach to: those that settings are given for, the one of NetworkMode before the others, which stand in
 * the order given (clients in Go sort them by name); without any just that one. On the default one `links` are the
 * container's. Throws when one is unknown.
 */
function checkNetworks(
  parts: Parts,
  networkModeAsked: string,
  endpoints: ContainerCreateBody['Endpoints'],
  links: readonly string[],
): readonly Attachment[] {
  const mode = networkMode(networkModeAsked);
  if (mode.kind === 'container') return [];
  const find = (ref: string): NetworkRecord => asked(() => parts.network.network(ref));
  const main = find(mode.kind === 'host' ? 'host' : mode.network);
  const named = Object.entries(endpoints).filter(([ref]) => hasDefault(parts) || !isDefault(ref));
  const given = named.map(([ref, config]) => {
    const network = find(ref);
    const request = endpointRequest(config);
    return { ref, network, request };
  });
  const isMain = ({ network }: Attachment): boolean => network.id === main.id;
  const isAlone = main.driver === 'host' || main.driver === 'null';
  const needsMain = given.length === 0 || (isAlone && !given.some(isMain));
  const bare = needsMain ? [{ ref: main.name, network: main, request: endpointRequest(undefined) }] : [];
  return [...bare, ...given.filter(isMain), ...given.filter((one) => !isMain(one))].map((one) =>
    one.network.name === 'bridge'
      ? { ...one, request: { ...one.request, links: [...one.request.links, ...links] } }
      : one,
  );
}

/** The API's endpoint settings as the network core takes them. */
export function endpointRequest(config: EndpointConfig | undefined): EndpointRequest {
  const address = config?.IPAMConfig;
  return {
    aliases: config?.Aliases ?? [],
    links: config?.Links ?? [],
    linkLocal: address?.LinkLocalIPs ?? [],
    driverOptions: config?.DriverOpts ?? {},
    gatewayPriority: config?.GwPriority ?? 0,
    ...(address?.IPv4Address ? { ipv4: address.IPv4Address } : {}),
    ...(address?.IPv6Address ? { ipv6: address.IPv6Address } : {}),
    ...(config?.MacAddress ? { mac: config.MacAddress } : {}),
  };
}
