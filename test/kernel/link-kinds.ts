import { spawnSync } from 'node:child_process';

const add: Readonly<Record<string, string>> = {
  dummy: 'ip link add d0 type dummy',
  ipvlan: 'ip link add v0 type veth peer name v1 && ip link add link v0 name i0 type ipvlan mode l2',
  vlan: 'ip link add v0 type veth peer name v1 && ip link add link v0 name v0.10 type vlan id 10',
};

/** For a test's `skip`: why this kernel cannot have such links, or false when it can. Tried in a namespace of its own. */
export function lacks(...kinds: readonly ('dummy' | 'ipvlan' | 'vlan')[]): string | false {
  for (const kind of kinds) {
    const { status } = spawnSync('unshare', ['--net', 'sh', '-c', add[kind]!]);
    if (status !== 0) return `this kernel has no links of kind ${kind} (npm run test:vm has)`;
  }
  return false;
}
