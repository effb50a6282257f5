import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { HostResolvers } from './host-resolvers.ts';

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'ptl-resolv-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

describe('HostResolvers', () => {
  test('looks behind the stub of systemd-resolved for those who cannot reach it', (t) => {
    const [own, behind] = [join(folder(t), 'resolv.conf'), join(folder(t), 'resolv.conf')];
    writeFileSync(own, 'nameserver 127.0.0.53\n');
    writeFileSync(behind, 'nameserver 192.0.2.7\n');
    const resolvers = new HostResolvers(own, behind);
    assert.deepEqual(resolvers.servers(), ['127.0.0.53']);
    assert.deepEqual(resolvers.current().reachable.nameservers, ['192.0.2.7']);
  });

  test('has no servers on a host without the file', (t) => {
    assert.deepEqual(new HostResolvers(join(folder(t), 'none')).servers(), []);
  });

  test('sees a change within a second or so', (t) => {
    t.mock.timers.enable({ apis: ['Date'] });
    const path = join(folder(t), 'resolv.conf');
    writeFileSync(path, 'nameserver 192.0.2.1\n');
    const resolvers = new HostResolvers(path, '');
    assert.deepEqual(resolvers.servers(), ['192.0.2.1']);
    writeFileSync(path, 'nameserver 192.0.2.22\n');
    t.mock.timers.tick(1500);
    assert.deepEqual(resolvers.servers(), ['192.0.2.22']);
  });
});
