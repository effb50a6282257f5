/**
 * A network and IPAM plugin in a process of its own, for tests: `node main.ts <socket> <state file>`, run in the network
 * namespace it serves. It makes a bridge for each network and a veth pair for each endpoint with ip(8), hands out
 * addresses of 10.77.0.0/16, and keeps what it knows in its state file. Every call is a line of <state file>.calls.
 * The option `fail=Method` of a network makes that method fail for it, `way_out=none` gives no gateway, `gateway=skip`
 * needs none. A pool that was asked for with the option `slow=IpamDriver.Method` makes that method take two seconds.
 */
import { appendFileSync, chmodSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { addresses } from './addresses.ts';
import { networks } from './networks.ts';
import type { Body, State } from './state.ts';

const [socket = '', stateFile = ''] = process.argv.slice(2);
const state: State = existsSync(stateFile)
  ? (JSON.parse(readFileSync(stateFile, 'utf8')) as State)
  : { networks: {}, endpoints: {}, pools: {}, forgets: process.env['PLUGIN_FORGETS'] === '1' };
const methods: Record<string, (body: Body) => object> = {
  'Plugin.Activate': () => ({ Implements: ['NetworkDriver', 'IpamDriver'] }),
  ...networks(state),
  ...addresses(state),
};

const server = createServer(async (request, response) => {
  let text = '';
  for await (const chunk of request) text += chunk;
  const method = (request.url ?? '').slice(1);
  const body = JSON.parse(text || '{}') as Body;
  appendFileSync(`${stateFile}.calls`, `${JSON.stringify({ method, body })}\n`);
  const answer = methods[method];
  if (answer === undefined) {
    response.writeHead(404).end('404 page not found');
    return;
  }
  try {
    if (state.pools[body.PoolID]?.slow === method) await sleep(2000);
    const said = JSON.stringify(answer(body));
    // One that forgets keeps nothing but what it is: its pools and addresses go with the process.
    const kept = state.forgets ? { ...state, pools: {} } : state;
    writeFileSync(`${stateFile}.new`, JSON.stringify(kept));
    renameSync(`${stateFile}.new`, stateFile);
    response.end(said);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const field = method.startsWith('IpamDriver') ? 'Error' : 'Err';
    response.end(JSON.stringify({ [field]: why }));
  }
});
rmSync(socket, { force: true });
server.listen(socket, () => {
  chmodSync(socket, 0o600);
  process.stdout.write('ready\n');
});
