import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { agentProxies, proxiesOf, withoutCredentials } from './proxies.ts';

const none = { HTTP_PROXY: '', HTTPS_PROXY: '', NO_PROXY: '' };
const self = 'localhost,127.0.0.0-127.255.255.255,::1,[::1]';

test('proxiesOf(): names in capitals go before the others, and what is empty is not set', () => {
  assert.deepEqual(proxiesOf({}), none);
  const env = { HTTP_PROXY: 'a', http_proxy: 'b', HTTPS_PROXY: '', https_proxy: 'c' };
  assert.deepEqual(proxiesOf(env), { ...none, HTTP_PROXY: 'a', HTTPS_PROXY: 'c' });
});

describe('agentProxies()', () => {
  test('is undefined without a proxy, whatever is left out', () => {
    assert.equal(agentProxies({ ...none, NO_PROXY: 'a' }), undefined);
  });

  test('never leads to this machine, and gives a proxy a scheme', () => {
    assert.deepEqual(agentProxies({ ...none, HTTPS_PROXY: 'proxy:3128' }), {
      HTTPS_PROXY: 'http://proxy:3128',
      NO_PROXY: self,
    });
  });

  for (const [asked, wanted] of [
    ['example.com', 'example.com,.example.com'],
    ['.example.com', '.example.com'],
    [' a.b , 10.1.2.3', 'a.b,.a.b,10.1.2.3'],
    ['10.1.2.3/16', '10.1.0.0-10.1.255.255'],
    ['*', '*'],
    ['fd00::/8,10.0.0.0/40', ''],
  ] as const) {
    test(`leaves out ${asked}`, () => {
      const { NO_PROXY } = agentProxies({ HTTP_PROXY: 'http://p', HTTPS_PROXY: '', NO_PROXY: asked })!;
      assert.equal(NO_PROXY, wanted === '' ? self : `${wanted},${self}`);
    });
  }
});

test('withoutCredentials() shows who is asked, and not how', () => {
  assert.equal(withoutCredentials('http://user:pa:ss@proxy:3128/x'), 'http://xxxxx:xxxxx@proxy:3128/x');
  assert.equal(withoutCredentials('user@proxy:3128'), 'xxxxx:xxxxx@proxy:3128');
  assert.equal(withoutCredentials('http://u:p@ss@h:1'), 'http://xxxxx:xxxxx@h:1');
  assert.equal(withoutCredentials('http://u:p/w@h:1'), 'http://xxxxx:xxxxx@h:1');
  for (const one of ['', 'http://proxy:3128']) assert.equal(withoutCredentials(one), one);
});
