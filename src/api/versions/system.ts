import { AppError } from '../../base/index.ts';
import type { EventMessage, SystemInfo } from '../../contract/index.ts';
import { before } from './before.ts';

/** GET /info as a client of that version knows it. */
export function infoOf(info: SystemInfo, version: string): object {
  const { FirewallBackend, ...rest } = info;
  if (!before(version, '1.50')) return info;
  const withBridge = { ...rest, BridgeNfIptables: false, BridgeNfIp6tables: false };
  if (!before(version, '1.49')) return { ...withBridge, FirewallBackend };
  const expected = ({ ID }: { readonly ID: string }): object => ({ ID, Expected: ID });
  return {
    ...withBridge,
    ContainerdCommit: expected(info.ContainerdCommit),
    RuncCommit: expected(info.RuncCommit),
    InitCommit: expected(info.InitCommit),
    RegistryConfig: before(version, '1.47') ? { ...info.RegistryConfig, ...noLongerKnown } : info.RegistryConfig,
  };
}

const noLongerKnown = {
  AllowNondistributableArtifactsCIDRs: null,
  AllowNondistributableArtifactsHostnames: null,
};

/** GET /events without the kinds that a version does not know. */
export function knownEvents(events: AsyncIterable<EventMessage>, version: string): AsyncIterable<EventMessage> {
  return before(version, '1.46') ? withoutImageCreate(events) : events;
}

async function* withoutImageCreate(events: AsyncIterable<EventMessage>): AsyncGenerator<EventMessage> {
  for await (const event of events) {
    if (event.Type !== 'image' || event.Action !== 'create') yield event;
  }
}

const usageKinds: Readonly<Record<string, readonly string[]>> = {
  image: ['Images', 'LayersSize'],
  container: ['Containers'],
  volume: ['Volumes'],
  'build-cache': ['BuildCache'],
};

/** GET /system/df of the kinds that are asked for: all before 1.42, and when none is named. Throws `invalid`. */
export function usageOf(usage: object, kinds: readonly string[], version: string): object {
  const unknown = kinds.find((kind) => !Object.hasOwn(usageKinds, kind));
  if (before(version, '1.42') || kinds.length === 0) return usage;
  if (unknown !== undefined) throw new AppError('invalid', `unknown object type: ${unknown}`);
  const asked = new Set(kinds.flatMap((kind) => usageKinds[kind] ?? []));
  const left = Object.values(usageKinds)
    .flat()
    .filter((field) => !asked.has(field));
  return { ...usage, ...Object.fromEntries(left.map((field) => [field, field === 'LayersSize' ? 0 : null])) };
}
