/**
 * A proxy by HTTP: requests with a whole address in their first line, and tunnels (CONNECT). Says each of them on a line of
 * its own. Usage: node proxy-process.ts PORT [USER:PASSWORD]
 */
import { createServer, request } from 'node:http';
import { connect } from 'node:net';

const [port, login] = process.argv.slice(2);
const wanted = login === undefined ? undefined : `Basic ${Buffer.from(login).toString('base64')}`;
const isWelcome = (given: string | undefined): boolean => wanted === undefined || given === wanted;
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const server = createServer((asked, answer) => {
  const { method, url = '', headers } = asked;
  say(`${method} ${url}`);
  if (!isWelcome(headers['proxy-authorization'])) {
    answer.writeHead(407).end();
    return;
  }
  const passed = request(url, { method, headers }, (got) => {
    answer.writeHead(got.statusCode ?? 502, got.headers);
    got.pipe(answer);
  });
  passed.on('error', () => answer.writeHead(502).end());
  asked.pipe(passed);
});

server.on('connect', ({ url = '', headers }, client) => {
  say(`CONNECT ${url}`);
  if (!isWelcome(headers['proxy-authorization'])) {
    client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    return;
  }
  const [, host = '', to = ''] = /^\[?(.*?)\]?:(\d+)$/.exec(url) ?? [];
  const passed = connect(Number(to), host, () => {
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    passed.pipe(client).pipe(passed);
  });
  const end = (): void => {
    client.destroy();
    passed.destroy();
  };
  for (const socket of [client, passed]) socket.on('error', end).on('close', end);
});

server.listen(Number(port), () => say('ready'));
