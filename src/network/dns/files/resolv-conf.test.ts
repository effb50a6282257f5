import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { bridgeResolvConf, embeddedResolvConf, parseResolvConf } from './resolv-conf.ts';

const none = { nameservers: [], search: [], options: [] };
/** What counts for the C library: no comments. */
const effective = (text: string): string[] => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
const host = parseResolvConf(
  'nameserver 127.0.0.53\nnameserver 192.0.2.53\nnameserver 2001:db8::53\nsearch example.com lan\n',
);

describe('parseResolvConf()', () => {
  test('reads servers, the last search line, and all options', () => {
    const text =
      '# nameserver 1.1.1.1\n;x\nnameserver 192.0.2.1\nnameserver  fe80::1%eth0 \nnameserver nonsense\ndomain a\nsearch b c\noptions ndots:2 rotate\noptions trust-ad\nsortlist 1.2.3.4\n';
    assert.deepEqual(parseResolvConf(text), {
      nameservers: ['192.0.2.1', 'fe80::1%eth0'],
      search: ['b', 'c'],
      options: ['ndots:2', 'rotate', 'trust-ad'],
      others: ['sortlist 1.2.3.4'],
      invalid: ['nonsense'],
    });
  });

  test('finds nothing in an empty file', () => assert.deepEqual(parseResolvConf(''), none));
});

describe('bridgeResolvConf()', () => {
  test('copies the host’s servers that a container can reach', () => {
    assert.deepEqual(effective(bridgeResolvConf(host, none, false)), [
      'nameserver 192.0.2.53',
      'search example.com lan',
    ]);
    assert.match(bridgeResolvConf(host, none, true), /^nameserver 2001:db8::53$/m);
  });

  test('falls back to public servers when none is left', () => {
    const lonely = parseResolvConf('nameserver 127.0.0.1\nnameserver ::1\n');
    assert.deepEqual(effective(bridgeResolvConf(lonely, none, false)), ['nameserver 8.8.8.8', 'nameserver 8.8.4.4']);
    assert.equal(effective(bridgeResolvConf(lonely, none, true)).length, 4);
  });

  test('takes what was asked for as it is, a loopback server included', () => {
    const overrides = { nameservers: ['127.0.0.1'], search: ['one'], options: ['ndots:3'] };
    assert.deepEqual(effective(bridgeResolvConf(host, overrides, false)), [
      'nameserver 127.0.0.1',
      'search one',
      'options ndots:3',
    ]);
  });

  test('searches nowhere when asked to search "."', () => {
    assert.doesNotMatch(bridgeResolvConf(host, { ...none, search: ['.'] }, false), /^search/m);
  });
});

describe('embeddedResolvConf()', () => {
  test('names the engine’s resolver only, and keeps search and options', () => {
    const conf = parseResolvConf('nameserver 192.0.2.1\nsearch lan\noptions rotate\n');
    assert.deepEqual(effective(embeddedResolvConf(conf, none)), [
      'nameserver 127.0.0.11',
      'search lan',
      'options rotate ndots:0',
    ]);
  });

  test('leaves an ndots that somebody chose', () => {
    assert.match(embeddedResolvConf(none, { ...none, options: ['ndots:4'] }), /^options ndots:4$/m);
  });

  test('says in comments where each part comes from, in the form Docker gives them', () => {
    const conf = parseResolvConf(
      'nameserver 127.0.0.53\nnameserver bad\nsearch lan\noptions ndots:2\nsortlist 1.2.3.4\n',
      '/etc/resolv.conf',
    );
    const [, ...rest] = embeddedResolvConf(conf, { ...none, search: ['one', 'two'] }).split('\n');
    assert.deepEqual(rest, [
      'nameserver 127.0.0.11',
      'search one two',
      'options ndots:2',
      'sortlist 1.2.3.4',
      '',
      "# Based on host file: '/etc/resolv.conf' (internal resolver)",
      '# Invalid nameservers: [bad]',
      '# ExtServers: [host(127.0.0.53)]',
      '# Overrides: [search]',
      '# Option ndots from: host',
      '',
    ]);
    assert.match(
      embeddedResolvConf(none, { ...none, nameservers: ['192.0.2.1'] }),
      /^# ExtServers: \[192\.0\.2\.1\]$/m,
    );
    assert.match(embeddedResolvConf(none, none), /^# NO EXTERNAL NAMESERVERS DEFINED$/m);
    assert.match(bridgeResolvConf(conf, none, false), /\(legacy\)\n.*\n# Used default nameservers\.\n/);
  });
});
