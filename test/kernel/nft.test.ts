import assert from 'node:assert/strict';
import { closeSync, openSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { NftContext } from '../../src/nftables/context.ts';
import { listElements } from '../../src/nftables/elements.ts';
import { libnftables } from '../../src/syscall/libnftables.ts';
import { kernelTest, openHost } from './fixture.ts';

const skip = process.getuid?.() === 0 ? false : 'needs root';

const table = `
add table inet t
add chain inet t c { type nat hook prerouting priority dstnat; }
add set inet t names { type ifname; }
add set inet t blocks { type ipv4_addr; flags interval; }
add map inet t ports { type inet_proto . inet_service : ipv4_addr . inet_service; flags interval; }
add map inet t verdicts { type ifname : verdict; }`;

kernelTest('NftContext.run() makes what nft(8) then lists', ({ nft, run }) => {
  nft.run(table);
  nft.run('add element inet t names { "eth0", "br-1" }');
  const listed = run('nft', 'list', 'set', 'inet', 't', 'names');
  assert.match(listed, /elements = \{ "(eth0|br-1)",\s+"(eth0|br-1)" \}/);
});

kernelTest('NftContext.run() is one transaction: refused in part, nothing of it stays', ({ nft, run }) => {
  nft.run(table);
  const script = 'add element inet t names { "a" }\nadd element inet t names { "b" }\ncreate table inet t';
  assert.throws(() => nft.run(script), { op: 'nft', code: 'EEXIST' });
  assert.doesNotMatch(run('nft', 'list', 'set', 'inet', 't', 'names'), /elements/);
  nft.run('add element inet t names { "a" }');
});

kernelTest('NftContext.run() throws the reason and the command', ({ nft }) => {
  nft.run(table);
  assert.throws(() => nft.run('add element inet t nosuch { 1 }'), {
    code: 'ENOENT',
    message: 'nft: ENOENT: No such file or directory: add element inet t nosuch { 1 }',
  });
  assert.throws(() => nft.run('delete element inet t names { "zz" }'), { code: 'ENOENT' });
  assert.throws(() => nft.run('nonsense'), { code: 'EINVAL' });
});

kernelTest('NftContext sees what nft(8) changed between two of its commands', ({ nft, run }) => {
  nft.run(table);
  nft.run('add element inet t names { "a" }');
  run('nft', 'delete table inet t');
  assert.throws(() => nft.run('add element inet t names { "b" }'), { code: 'ENOENT' });
  run('nft', 'add table inet t; add set inet t names { type ifname; }');
  nft.run('add element inet t names { "b" }');
  assert.deepEqual(
    listElements(nft, 'inet', 't', 'names').map(({ key }) => key),
    [['b']],
  );
});

kernelTest('listElements() reads what nft(8) wrote, in the words that write it', ({ nft, run }) => {
  nft.run(table);
  run('nft', 'add element inet t blocks { 10.0.0.0/8, 1.1.1.1-1.1.1.5, 9.9.9.9 }');
  run('nft', 'add element inet t ports { tcp . 80 : 10.0.0.2 . 8080, udp . 5000-5010 comment "x" : 10.0.0.3 . 53 }');
  run('nft', 'add element inet t verdicts { "a" : drop, "b" : accept }');
  const elements = (set: string) =>
    listElements(nft, 'inet', 't', set).map(({ key, data, comment }) => [key.join(' . '), data?.join(' . '), comment]);
  assert.deepEqual(
    new Set(elements('blocks').map(([key]) => key)),
    new Set(['10.0.0.0/8', '1.1.1.1-1.1.1.5', '9.9.9.9']),
  );
  assert.deepEqual(elements('ports').sort(), [
    ['tcp . 80', '10.0.0.2 . 8080', undefined],
    ['udp . 5000-5010', '10.0.0.3 . 53', 'x'],
  ]);
  assert.deepEqual(elements('verdicts').sort(), [
    ['a', 'drop', undefined],
    ['b', 'accept', undefined],
  ]);
  assert.deepEqual(elements('names'), []);
  assert.throws(() => elements('nosuch'), { code: 'ENOENT' });
});

kernelTest('hasTable() tells families and names apart', ({ nft, run }) => {
  run('nft', 'add table inet t; add table ip other');
  const tables = [
    ['inet', 't'],
    ['ip', 't'],
    ['inet', 'other'],
    ['ip', 'other'],
    ['inet', 'a-table-with-a-name-longer-than-the-question'],
  ] as const;
  assert.deepEqual(
    tables.map(([family, name]) => nft.hasTable(family, name)),
    [true, false, false, true, false],
  );
});

/** The library as it is when a signal comes in while it waits for the kernel's answers, which it has given. */
function interrupting(t: TestContext, times: number): () => number {
  const library = libnftables();
  const { run, error } = library;
  let left = times;
  t.mock.method(library, 'run', (...args: Parameters<typeof run>) => {
    const result = run(...args);
    return left > 0 ? -1 : result;
  });
  t.mock.method(library, 'error', (...args: Parameters<typeof error>) =>
    left-- > 0 ? 'Error: Could not process rule: Interrupted system call\n' : error(...args),
  );
  return () => left;
}

test('NftContext.run() goes on when a signal interrupts it, and does not for ever', { skip }, (t) => {
  using host = openHost();
  host.nft.run(table);
  const left = interrupting(t, 2);
  host.nft.run('add element inet t names { "a" }');
  assert.equal(left(), 0, 'interrupted twice');
  assert.deepEqual(
    listElements(host.nft, 'inet', 't', 'names').map(({ key }) => key),
    [['a']],
  );
  interrupting(t, 1000);
  assert.throws(() => host.nft.run('add element inet t names { "b" }'), { code: 'EINTR' });
});

kernelTest('runAsync() runs in order and goes on after a refusal', async ({ nft }) => {
  nft.run(table);
  const results = await Promise.allSettled([
    nft.runAsync('add element inet t names { "a" }'),
    nft.runAsync('create element inet t names { "a" }'),
    nft.runAsync('delete element inet t names { "a" }'),
  ]);
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
});

kernelTest('two contexts keep to their own namespaces, also in turns', ({ nft }) => {
  using other = openHost();
  nft.run(table);
  assert.equal(other.nft.hasTable('inet', 't'), false);
  other.nft.run(table);
  for (let i = 0; i < 50; i++) {
    nft.run(`add element inet t names { "a${i}" }`);
    if (i % 2 === 0) other.nft.run(`add element inet t names { "b${i}" }`);
  }
  assert.equal(listElements(nft, 'inet', 't', 'names').length, 50);
  assert.equal(listElements(other.nft, 'inet', 't', 'names').length, 25);
});

kernelTest('a closed context refuses', ({ fd }) => {
  const nft = NftContext.open(fd);
  nft[Symbol.dispose]();
  nft[Symbol.dispose]();
  assert.throws(() => nft.run('list tables'), /the nftables context is closed/);
  assert.throws(() => nft.hasTable('inet', 't'), /closed/);
});

kernelTest('adding an element does not read a large concatenated map', ({ nft }) => {
  nft.run(
    'add table inet t; add map inet t big { type inet_proto . ipv4_addr . inet_service : ipv4_addr . inet_service; }',
  );
  const cost = (): number => {
    const rounds = Array.from({ length: 21 }, (_, i) => {
      const start = performance.now();
      nft.run(`add element inet t big { udp . 192.0.2.1 . ${i + 1} : 10.0.0.1 . 80 }`);
      return performance.now() - start;
    });
    return rounds.sort((a, b) => a - b)[10]!;
  };
  const empty = cost();
  for (let part = 0; part < 10; part++) {
    const elements = Array.from({ length: 1000 }, (_, i) => `tcp . 10.1.${part}.1 . ${i + 1} : 10.0.0.1 . 80`);
    nft.run(`add element inet t big { ${elements.join(', ')} }`);
  }
  // Reading 10,000 elements costs 15 ms and more; a busy machine does not make 0.1 ms that.
  assert.ok(cost() < empty * 5 + 3, `from ${empty} ms to ${cost()} ms`);
});

kernelTest(
  'a context works when more than 1024 descriptors are open, which its library cannot wait for',
  ({ fd, run }) => {
    NftContext.open(fd)[Symbol.dispose]();
    const many = Array.from({ length: 1100 }, () => openSync('/dev/null', 'r'));
    try {
      for (const table of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) {
        using nft = NftContext.open(fd);
        nft.run(`add table inet ${table}`);
      }
      assert.match(run('nft', 'list', 'tables'), /inet a\n[\s\S]*inet h\n/);
    } finally {
      for (const one of many) closeSync(one);
    }
  },
);
