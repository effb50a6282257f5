import fc from 'fast-check';

/**
 * One request. Every name is of a small pool, so that many of them meet on the same object. `archive`: the body is one, to be
 * unpacked.
 */
export type Action = { readonly method: string; readonly path: string; readonly body?: object | 'archive' };

const containers = ['c0', 'c1', 'c2', 'c3', 'c4'].map((name) => `storm-${name}`);
const networks = ['n0', 'n1'].map((name) => `storm-${name}`);
const volumes = ['v0', 'v1'].map((name) => `storm-${name}`);
const container = fc.constantFrom(...containers);
const network = fc.constantFrom(...networks, 'bridge');
const volume = fc.constantFrom(...volumes);

const created = fc.record({
  name: container,
  body: fc.record({
    Image: fc.constant('busybox'),
    // What ends by itself, at once or soon, meets everything else.
    Cmd: fc.constantFrom(
      ['sleep', '600'],
      ['sleep', '0.3'],
      ['true'],
      ['sh', '-c', 'echo said; sleep 600'],
      ['/nowhere'],
    ),
    Tty: fc.boolean(),
    StopSignal: fc.constant('SIGKILL'),
    ExposedPorts: fc.constant({ '80/tcp': {} }),
    Volumes: fc.constantFrom({}, { '/anonymous': {} }),
    Healthcheck: fc.constantFrom(
      {},
      { Test: ['CMD', 'true'], Interval: 50_000_000 },
      { Test: ['CMD', '/nowhere'], Interval: 50_000_000, Retries: 1 },
    ),
    HostConfig: fc.record({
      NetworkMode: fc.oneof(
        network,
        fc.constantFrom('none', 'host'),
        container.map((name) => `container:${name}`),
      ),
      // Both at once are refused.
      AutoRemove: fc.boolean(),
      RestartPolicy: fc.constantFrom(
        { Name: '' },
        { Name: '' },
        { Name: 'always' },
        { Name: 'on-failure', MaximumRetryCount: 2 },
      ),
      Binds: fc.oneof(
        fc.constant([]),
        volume.map((name) => [`${name}:/named`]),
      ),
      PublishAllPorts: fc.boolean(),
    }),
  }),
});

const of =
  (method: string, path: string, body?: object) =>
  (name: string): Action => ({ method, path: `/containers/${name}${path}`, ...(body === undefined ? {} : { body }) });

const onContainer = [
  of('POST', '/start'),
  of('POST', '/start'),
  of('POST', '/stop?t=0'),
  of('POST', '/restart?t=0'),
  of('POST', '/kill'),
  of('POST', '/pause'),
  of('POST', '/unpause'),
  of('DELETE', '?force=1'),
  of('DELETE', '?force=1&v=1'),
  of('DELETE', ''),
  of('GET', '/json?size=1'),
  of('GET', '/logs?stdout=1&stderr=1'),
  of('GET', '/top'),
  of('GET', '/stats?stream=0&one-shot=1'),
  of('GET', '/changes'),
  of('GET', '/archive?path=/etc'),
  (name: string): Action => ({ ...of('PUT', '/archive?path=/tmp')(name), body: 'archive' }),
  of('POST', '/update', { Memory: 64 << 20, MemorySwap: -1 }),
  of('POST', '/resize?h=10&w=20'),
  of('POST', '/exec', { Cmd: ['true'], AttachStdout: true }),
  of('POST', '/exec', { Cmd: ['/nowhere'], AttachStdout: true }),
].map((make) => container.map(make));

export const actions: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 6,
    arbitrary: created.map(({ name, body }) => ({ method: 'POST', path: `/containers/create?name=${name}`, body })),
  },
  ...onContainer.map((arbitrary) => ({ weight: 1, arbitrary })),
  fc.tuple(container, container).map(([from, to]) => of('POST', `/rename?name=${to}`)(from)),
  network.map((Name) => ({ method: 'POST', path: '/networks/create', body: { Name, EnableIPv6: Name.endsWith('1') } })),
  network.map((name) => ({ method: 'DELETE', path: `/networks/${name}` })),
  network.map((name) => ({ method: 'GET', path: `/networks/${name}` })),
  ...['connect', 'disconnect'].map((verb) =>
    fc.tuple(network, container, fc.boolean()).map(([name, Container, Force]) => ({
      method: 'POST',
      path: `/networks/${name}/${verb}`,
      body: { Container, ...(verb === 'connect' ? {} : { Force }) },
    })),
  ),
  volume.map((Name) => ({ method: 'POST', path: '/volumes/create', body: { Name } })),
  volume.map((name) => ({ method: 'DELETE', path: `/volumes/${name}` })),
  fc.constantFrom('containers', 'networks', 'volumes').map((what) => ({ method: 'POST', path: `/${what}/prune` })),
  fc
    .constantFrom('/containers/json?all=1&size=1', '/networks', '/volumes', '/system/df', '/info')
    .map((path) => ({ method: 'GET', path })),
);
