import * as v from 'valibot';
import { AppError, prefixed } from '../../base/index.ts';
import { checkFilters, type HostConfig, parseContainerCreate } from '../../contract/index.ts';
import type { BuildBackend } from '../backend.ts';
import type { Call } from '../http/call.ts';
import type { Reply } from '../http/client.ts';
import type { Query } from '../http/query.ts';
import { json } from '../http/reply.ts';
import type { Route } from '../http/route.ts';
import { progressLines } from '../stream/json-lines.ts';

/** What BuildKit knows. */
const pruneFilters = 'until unused-for label label! id parent type description inuse shared private'.split(' ');

export function buildRoutes(backend: BuildBackend): readonly Route[] {
  return [
    { method: 'POST', path: '/build', handle: (call) => build(backend, call) },
    // Steps that a build may use again are images: `image prune` takes them.
    {
      method: 'POST',
      path: '/build/prune',
      since: '1.31',
      handle: async ({ query }) => {
        prefixed('failed to prune build cache', () => checkFilters(query.filters(), pruneFilters));
        return json(200, { CachesDeleted: null, SpaceReclaimed: 0 });
      },
    },
    // Only builds with BuildKit have an id to cancel by; others end when their client goes away.
    { method: 'POST', path: '/build/cancel', handle: () => refuseBuildKit() },
  ];
}

function build(backend: BuildBackend, { query, stream, signal }: Call): Reply {
  try {
    const options = optionsOf(query);
    return progressLines(backend.build(stream, options, signal));
  } catch (error) {
    stream.resume();
    throw error;
  }
}

function optionsOf(query: Query): Parameters<BuildBackend['build']>[1] {
  if (query.text('version') === '2') refuseBuildKit();
  if (query.flag('squash')) throw new AppError('invalid', 'squash is only supported with experimental mode');
  const remote = query.text('remote');
  return {
    // docker's own client sends this with an archive it has made.
    remote: remote === 'client-session' ? '' : remote,
    tags: query.texts('t').filter((tag) => tag !== ''),
    dockerfile: query.text('dockerfile') || 'Dockerfile',
    target: query.text('target'),
    quiet: query.flag('q'),
    noCache: query.flag('nocache'),
    pull: query.flag('pull'),
    remove: query.flag('rm', true),
    forceRemove: query.flag('forcerm'),
    args: jsonQuery(query, 'buildargs', v.record(v.string(), v.nullable(v.string())), {}),
    labels: jsonQuery(query, 'labels', v.record(v.string(), v.string()), {}),
    cacheFrom: jsonQuery(query, 'cachefrom', v.array(v.string()), []),
    platform: query.text('platform'),
    hostConfig: hostConfigOf(query),
  };
}

function refuseBuildKit(): never {
  throw new AppError('invalid', 'BuildKit is not part of this engine: build with DOCKER_BUILDKIT=0');
}

/** What the containers of RUN steps get. */
function hostConfigOf(query: Query): HostConfig {
  const HostConfig = {
    NetworkMode: query.text('networkmode'),
    ExtraHosts: query
      .text('extrahosts')
      .split(',')
      .filter((host) => host !== ''),
    Memory: query.whole('memory') ?? 0,
    MemorySwap: query.whole('memswap') ?? 0,
    CpuShares: query.whole('cpushares') ?? 0,
    CpuPeriod: query.whole('cpuperiod') ?? 0,
    CpuQuota: query.whole('cpuquota') ?? 0,
    CpusetCpus: query.text('cpusetcpus'),
    CpusetMems: query.text('cpusetmems'),
    CgroupParent: query.text('cgroupparent'),
    ShmSize: query.whole('shmsize') ?? 0,
    Isolation: query.text('isolation'),
    Ulimits: jsonQuery(query, 'ulimits', v.array(v.unknown()), []),
    SecurityOpt: jsonQuery(query, 'securityopt', v.array(v.string()), []),
  };
  return parseContainerCreate({ HostConfig }).HostConfig;
}

/** A query value that is a JSON document; null is as good as none. Throws `invalid`. */
function jsonQuery<T>(query: Query, name: string, schema: v.GenericSchema<unknown, T>, missing: T): T {
  const text = query.text(name);
  if (text === '') return missing;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new AppError('invalid', `error reading ${name}: want JSON, got ${text.slice(0, 80)}`);
  }
  const result = v.safeParse(schema, value ?? missing);
  if (!result.success) throw new AppError('invalid', `error reading ${name}: ${result.issues[0].message}`);
  return result.output;
}
