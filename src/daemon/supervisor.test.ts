import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { Log } from '../base/index.ts';
import { AF_UNIX, bind, closeFd, recvInto, SOCK_DGRAM, SOCK_NONBLOCK, socket } from '../syscall/socket.ts';
import { unixAddress } from '../syscall/socket-address.ts';
import { Supervisor } from './supervisor.ts';

describe('Supervisor', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ptl-notify-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const lines: string[] = [];
  const log = new Log('debug', (line) => lines.push(line));

  for (const [what, path] of [
    ['a socket in the file system', join(folder, 'notify')],
    ['an abstract one', `@portolan-test-${process.pid}`],
  ] as const) {
    test(`tells ${what}`, () => {
      const fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK);
      try {
        bind(fd, unixAddress(path)!);
        const env: NodeJS.ProcessEnv = { NOTIFY_SOCKET: path };
        const supervisor = new Supervisor(env, log);
        assert.deepEqual(env, {});
        const told = (): string => {
          const buffer = new Uint8Array(200);
          return new TextDecoder().decode(buffer.subarray(0, recvInto(fd, buffer)));
        };
        supervisor.ready();
        assert.equal(told(), `READY=1\nMAINPID=${process.pid}`);
        supervisor.stopping();
        assert.equal(told(), 'STOPPING=1');
        supervisor.keep('dns-udp-1a2b', fd);
        assert.equal(told(), 'FDSTORE=1\nFDNAME=dns-udp-1a2b\nFDPOLL=0');
        supervisor.drop('dns-udp-1a2b');
        assert.equal(told(), 'FDSTOREREMOVE=1\nFDNAME=dns-udp-1a2b');
      } finally {
        closeFd(fd);
      }
    });
  }

  test('says so when nobody listens, and goes on', () => {
    new Supervisor({ NOTIFY_SOCKET: join(folder, 'nobody') }, log).ready();
    assert.match(lines.join(''), /the service manager was not told READY=1: .*ENOENT/);
  });

  test('takes nothing that was kept for another process', () => {
    const env: NodeJS.ProcessEnv = { LISTEN_PID: '1', LISTEN_FDS: '2', LISTEN_FDNAMES: 'a:b' };
    assert.equal(new Supervisor(env, log).take('a'), undefined);
    assert.deepEqual(env, {}, 'what we start shall not take them for its own');
  });

  test('is silent when nobody asked', () => {
    lines.length = 0;
    new Supervisor({}, log).ready();
    assert.deepEqual(lines, []);
  });
});
