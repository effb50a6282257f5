import { spawnSync } from 'node:child_process';
import type { TestContext } from 'node:test';
import { createNetns } from '../../src/syscall/netns.ts';
import type { NetworkLab } from '../lab/network-lab.ts';

/** A machine on the segment that the lab's `eth0` is plugged into: a bridge with `port` and an address of its own. */
export type FarHost = {
  /** Output of a command there; a failure throws. */
  run(command: string, ...args: string[]): string;
  /** Where its namespace is found, as long as this process runs. */
  readonly path: string;
  /** Whether a ping from there is answered. */
  pings(address: string): boolean;
};

export const farAddress = '192.0.2.1';
export const labAddress = '192.0.2.10';

/** Gives the lab an eth0 with 192.0.2.10/24 and 2001:db8::10/64, and answers the host at its other end (…1). */
export function plugIn(t: TestContext, lab: NetworkLab): FarHost {
  const netns = createNetns();
  t.after(() => netns[Symbol.dispose]());
  const path = `/proc/${process.pid}/fd/${netns.fd}`;
  const far = (command: string, ...args: string[]) =>
    spawnSync('nsenter', [`--net=${path}`, command, ...args], { encoding: 'utf8' });
  const run = (command: string, ...args: string[]): string => {
    const { status, stdout, stderr } = far(command, ...args);
    if (status !== 0) throw new Error(`${command} ${args.join(' ')}: exit ${status}: ${stderr}${stdout}`);
    return stdout;
  };
  run('ip', 'link', 'set', 'lo', 'up');
  run('ip', 'link', 'add', 'br0', 'up', 'type', 'bridge');
  run('ip', 'addr', 'add', `${farAddress}/24`, 'dev', 'br0');
  run('ip', 'addr', 'add', '2001:db8::1/64', 'dev', 'br0', 'nodad');
  plugCable(lab, path);
  run('ip', 'link', 'set', 'port', 'master', 'br0', 'up');
  lab.ip(`addr add ${labAddress}/24 dev eth0`);
  lab.ip('addr add 2001:db8::10/64 dev eth0 nodad');
  return { path, run, pings: (address) => far('ping', '-c3', '-i0.2', '-W1', address).status === 0 };
}

const plugCable = (lab: NetworkLab, netnsPath: string): void => {
  lab.ip(`link add eth0 up type veth peer name port netns ${netnsPath}`);
};

/** Takes the lab's eth0 away, and its other end with it. */
export const pullOut = (lab: NetworkLab): void => void lab.ip('link del eth0');
