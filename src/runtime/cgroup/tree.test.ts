import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseState } from '../runc/state.ts';
import { ownGroup } from './migration.ts';
import { parseCgroupMounts } from './tree.ts';

const line = (path: string, type: string, options: string): string =>
  `30 20 0:26 / ${path} rw,relatime shared:4 - ${type} cgroup ${options}`;
const unified = line('/sys/fs/cgroup', 'cgroup2', 'rw,nsdelegate');
const hybrid = [
  line('/sys/fs/cgroup/unified', 'cgroup2', 'rw'),
  line('/sys/fs/cgroup/systemd', 'cgroup', 'rw,xattr,name=systemd'),
  line('/sys/fs/cgroup/cpu,cpuacct', 'cgroup', 'rw,cpu,cpuacct'),
  line('/sys/fs/cgroup/memory', 'cgroup', 'rw,memory'),
  line('/mnt/again', 'cgroup', 'rw,memory'),
].join('\n');

test('parseCgroupMounts: version 2 has one hierarchy for all', () => {
  const tree = parseCgroupMounts(unified);
  assert.deepEqual([tree.version, tree.hierarchies, tree.tracking], ['2', ['/sys/fs/cgroup'], '/sys/fs/cgroup']);
  assert.equal(tree.path('memory', '/docker/x', 'memory.max'), '/sys/fs/cgroup/docker/x/memory.max');
});

test('parseCgroupMounts: a hybrid machine is version 1, each controller where it was mounted first', () => {
  const tree = parseCgroupMounts(hybrid);
  assert.equal(tree.version, '1');
  assert.equal(tree.path('cpuacct', '/x'), '/sys/fs/cgroup/cpu,cpuacct/x');
  assert.equal(tree.path('memory', '/x', 'f'), '/sys/fs/cgroup/memory/x/f');
  assert.equal(tree.tracking, '/sys/fs/cgroup/systemd');
  assert.deepEqual([...tree.hierarchies].sort(), [
    '/sys/fs/cgroup/cpu,cpuacct',
    '/sys/fs/cgroup/memory',
    '/sys/fs/cgroup/systemd',
    '/sys/fs/cgroup/unified',
  ]);
});

test('ownGroup: of the hierarchy with pids, or of the only one', () => {
  assert.equal(ownGroup('9:pids:/user/a:b\n1:name=systemd:/other\n0::/third\n', '1'), '/user/a:b');
  assert.equal(ownGroup('0::/system.slice/engine.service\n', '2'), '/system.slice/engine.service');
});

test('parseState: groups by controller; the version 2 group of a hybrid machine is told apart', () => {
  const state = (cgroup_paths: Record<string, string>) =>
    parseState(JSON.stringify({ init_process_pid: 7, cgroup_paths, config: { labels: ['a=b', 'bundle=/b'] } }));
  assert.deepEqual(state({ '': '/c/x' }), { pid: 7, groups: { '': '/c/x' }, bundle: '/b' });
  assert.deepEqual(state({ '': '/c/unified/x', memory: '/c/memory/x' }).groups, {
    memory: '/c/memory/x',
    unified: '/c/unified/x',
  });
});
