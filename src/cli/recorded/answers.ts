import { type Answers, frame } from './fake-engine.ts';

export const id = 'f0e1d2c3b4a5968778695a4b3c2d1e0f00112233445566778899aabbccddeeff';

const container = {
  Id: id,
  Name: '/web',
  Created: '2024-05-06T07:08:09.123456789Z',
  State: { Status: 'exited', Running: false, ExitCode: 7 },
  Config: { Tty: false, OpenStdin: false },
  HostConfig: { AutoRemove: false },
  NetworkSettings: { Ports: {}, Networks: {} },
};

/** A small engine with one container, image and network: enough for a client to get through every command. */
export const smallEngine: Answers = {
  'GET /info': () => ({ body: { OSType: 'linux', Swarm: { LocalNodeState: 'inactive' }, RegistryConfig: {} } }),
  'POST /containers/create': () => ({ status: 201, body: { Id: id, Warnings: [] } }),
  'POST /containers/*/wait': () => ({ body: { StatusCode: 7, Error: null } }),
  'POST /containers/*/attach': () => ({ upgrade: Buffer.concat([frame(1, 'out\n'), frame(2, 'err\n')]) }),
  'POST /containers/*/start': () => ({ status: 204 }),
  'POST /containers/*/stop': () => ({ status: 204 }),
  'POST /containers/*/restart': () => ({ status: 204 }),
  'POST /containers/*/kill': () => ({ status: 204 }),
  'POST /containers/*/pause': () => ({ status: 204 }),
  'POST /containers/*/unpause': () => ({ status: 204 }),
  'POST /containers/*/rename': () => ({ status: 204 }),
  'POST /containers/*/update': () => ({ body: { Warnings: null } }),
  'DELETE /containers/*': () => ({ status: 204 }),
  'GET /containers/json': () => ({ body: [] }),
  'GET /containers/*/json': () => ({ body: container }),
  'GET /containers/*/logs': () => ({ body: '' }),
  'GET /containers/*/top': () => ({ body: { Titles: ['PID', 'CMD'], Processes: [['1', 'init']] } }),
  'POST /containers/*/exec': () => ({ status: 201, body: { Id: 'e1' } }),
  'POST /exec/*/start': () => ({ upgrade: frame(1, 'hello\n') }),
  'GET /exec/*/json': () => ({ body: { ID: 'e1', Running: false, ExitCode: 4, Pid: 1 } }),
  'POST /containers/prune': () => ({ body: { ContainersDeleted: [id], SpaceReclaimed: 2048 } }),
  'GET /images/json': () => ({ body: [] }),
  'POST /images/create': () => ({ body: `{"status":"sha256:${id}"}\n` }),
  'POST /images/load': () => ({ body: '{"stream":"Loaded image: box:1\\n"}\n' }),
  'POST /images/*/tag': () => ({ status: 201 }),
  'DELETE /images/*': () => ({ body: [{ Untagged: 'box:1' }] }),
  'GET /images/*/history': () => ({ body: [] }),
  'GET /images/get': () => ({ body: 'an archive' }),
  'POST /images/prune': () => ({ body: { ImagesDeleted: null, SpaceReclaimed: 0 } }),
  'POST /networks/create': () => ({ status: 201, body: { Id: id, Warning: '' } }),
  'GET /networks': () => ({ body: [] }),
  'GET /networks/*': () => ({ body: { Name: 'shop', Id: id } }),
  'POST /networks/*/connect': () => ({}),
  'POST /networks/*/disconnect': () => ({}),
  'DELETE /networks/*': () => ({ status: 204 }),
  'POST /networks/prune': () => ({ body: { NetworksDeleted: ['shop'] } }),
  'GET /events': () => ({ body: '' }),
};
