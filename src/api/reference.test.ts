import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeBackend } from './fixture/fake-backend.ts';
import { ScratchServer } from './fixture/scratch-server.ts';
import { Router } from './http/router.ts';
import { allRoutes } from './routes/index.ts';

/** All of Docker's API reference, version 1.50: paths and their methods. */
const reference: Readonly<Record<string, string>> = {
  '/containers/json': 'GET',
  '/containers/create': 'POST',
  '/containers/{id}/json': 'GET',
  '/containers/{id}/top': 'GET',
  '/containers/{id}/logs': 'GET',
  '/containers/{id}/changes': 'GET',
  '/containers/{id}/export': 'GET',
  '/containers/{id}/stats': 'GET',
  '/containers/{id}/resize': 'POST',
  '/containers/{id}/start': 'POST',
  '/containers/{id}/stop': 'POST',
  '/containers/{id}/restart': 'POST',
  '/containers/{id}/kill': 'POST',
  '/containers/{id}/update': 'POST',
  '/containers/{id}/rename': 'POST',
  '/containers/{id}/pause': 'POST',
  '/containers/{id}/unpause': 'POST',
  '/containers/{id}/attach': 'POST',
  '/containers/{id}/attach/ws': 'GET',
  '/containers/{id}/wait': 'POST',
  '/containers/{id}': 'DELETE',
  '/containers/{id}/archive': 'HEAD GET PUT',
  '/containers/prune': 'POST',
  '/images/json': 'GET',
  '/build': 'POST',
  '/build/prune': 'POST',
  '/images/create': 'POST',
  '/images/{name}/json': 'GET',
  '/images/{name}/history': 'GET',
  '/images/{name}/push': 'POST',
  '/images/{name}/tag': 'POST',
  '/images/{name}': 'DELETE',
  '/images/search': 'GET',
  '/images/prune': 'POST',
  '/auth': 'POST',
  '/info': 'GET',
  '/version': 'GET',
  '/_ping': 'GET HEAD',
  '/commit': 'POST',
  '/events': 'GET',
  '/system/df': 'GET',
  '/images/{name}/get': 'GET',
  '/images/get': 'GET',
  '/images/load': 'POST',
  '/containers/{id}/exec': 'POST',
  '/exec/{id}/start': 'POST',
  '/exec/{id}/resize': 'POST',
  '/exec/{id}/json': 'GET',
  '/volumes': 'GET',
  '/volumes/create': 'POST',
  '/volumes/{name}': 'GET PUT DELETE',
  '/volumes/prune': 'POST',
  '/networks': 'GET',
  '/networks/{id}': 'GET DELETE',
  '/networks/create': 'POST',
  '/networks/{id}/connect': 'POST',
  '/networks/{id}/disconnect': 'POST',
  '/networks/prune': 'POST',
  '/plugins': 'GET',
  '/plugins/privileges': 'GET',
  '/plugins/pull': 'POST',
  '/plugins/{name}/json': 'GET',
  '/plugins/{name}': 'DELETE',
  '/plugins/{name}/enable': 'POST',
  '/plugins/{name}/disable': 'POST',
  '/plugins/{name}/upgrade': 'POST',
  '/plugins/create': 'POST',
  '/plugins/{name}/push': 'POST',
  '/plugins/{name}/set': 'POST',
  '/nodes': 'GET',
  '/nodes/{id}': 'GET DELETE',
  '/nodes/{id}/update': 'POST',
  '/swarm': 'GET',
  '/swarm/init': 'POST',
  '/swarm/join': 'POST',
  '/swarm/leave': 'POST',
  '/swarm/update': 'POST',
  '/swarm/unlockkey': 'GET',
  '/swarm/unlock': 'POST',
  '/services': 'GET',
  '/services/create': 'POST',
  '/services/{id}': 'GET DELETE',
  '/services/{id}/update': 'POST',
  '/services/{id}/logs': 'GET',
  '/tasks': 'GET',
  '/tasks/{id}': 'GET',
  '/tasks/{id}/logs': 'GET',
  '/secrets': 'GET',
  '/secrets/create': 'POST',
  '/secrets/{id}': 'GET DELETE',
  '/secrets/{id}/update': 'POST',
  '/configs': 'GET',
  '/configs/create': 'POST',
  '/configs/{id}': 'GET DELETE',
  '/configs/{id}/update': 'POST',
  '/distribution/{name}/json': 'GET',
  '/session': 'POST',
};

const pathOf = (path: string): string => path.replace(/\{\w+\}/g, 'x');
const requests = Object.entries(reference).flatMap(([path, methods]) =>
  methods.split(' ').map((method) => ({ method, path })),
);

test('every request of the API reference has a row', () => {
  const router = new Router(allRoutes(fakeBackend()));
  for (const { method, path } of requests) {
    const match = router.match(method, `/v1.50${pathOf(path)}`);
    assert.ok(match, `${method} ${path}`);
    const shape = (text: string): string => text.replace(/\{\w+\}|:\w+/g, '*').replace(/(?<=.)\/$/, '');
    assert.equal(shape(match.route.path), shape(path), `${method} ${path}`);
  }
});

test('objects of a swarm are refused with the words that clients know', async () => {
  await using server = await ScratchServer.open();
  const swarm = requests.filter(({ path }) => /^\/(nodes|services|tasks|secrets|configs|swarm)(\/|$)/.test(path));
  assert.equal(swarm.length, 30);
  for (const { method, path } of swarm) {
    const { status, body } = await server.ask(method, `/v1.50${pathOf(path)}`);
    const what = `${method} ${path}: ${status} ${body}`;
    if (path === '/swarm/init' || path === '/swarm/join') {
      assert.equal(status, 501, what);
    } else {
      assert.equal(status, 503, what);
      assert.match(
        (JSON.parse(body) as { message: string }).message,
        /^This node is not (a swarm manager\. Use "docker swarm init"|part of a swarm)/,
        what,
      );
    }
  }
});
