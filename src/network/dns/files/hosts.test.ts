import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hostsFile, replaceHostsEntries } from './hosts.ts';

const web = { address: '172.18.0.2', names: ['web'] };
const second = { address: '172.19.0.2', names: ['web'] };

describe('hostsFile()', () => {
  test('has localhost, then the entries in order', () => {
    const entries = [
      { address: '192.0.2.9', names: ['extra'] },
      { address: '172.18.0.2', names: ['web.example', 'web'] },
    ];
    assert.equal(
      hostsFile({ ipv6: false, entries }),
      '127.0.0.1\tlocalhost\n192.0.2.9\textra\n172.18.0.2\tweb.example web\n',
    );
  });

  test('has the names of IPv6 where it is on', () => {
    const text = hostsFile({ ipv6: true, entries: [] });
    assert.match(text, /^::1\tlocalhost ip6-localhost ip6-loopback$/m);
    assert.equal(text.split('\n').length - 1, 6);
  });
});

describe('replaceHostsEntries()', () => {
  test('adds and takes out exactly its lines', () => {
    const before = hostsFile({ ipv6: false, entries: [web] });
    const both = replaceHostsEntries(before, { gone: [], added: [second] });
    assert.equal(both, `${before}172.19.0.2\tweb\n`);
    assert.equal(replaceHostsEntries(both, { gone: [second], added: [] }), before);
  });

  test('is safe to repeat', () => {
    const before = hostsFile({ ipv6: false, entries: [web] });
    assert.equal(replaceHostsEntries(before, { gone: [second], added: [web] }), before);
  });

  test('leaves a user’s lines alone, also where they look alike or lack the last newline', () => {
    const mine = '127.0.0.1\tlocalhost\n172.18.0.2\tweb\n172.18.0.2 web\n# mine';
    const after = replaceHostsEntries(mine, { gone: [web], added: [second] });
    assert.equal(after, '127.0.0.1\tlocalhost\n172.18.0.2 web\n# mine\n172.19.0.2\tweb\n');
  });
});
