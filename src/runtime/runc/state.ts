import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What runc keeps about a container in state.json, as far as this engine uses it. */
export type RuncState = {
  readonly pid: number;
  /** By controller ("memory", "name=systemd"); version 2 has one, named "", and a hybrid machine an extra "unified". */
  readonly groups: Readonly<Record<string, string>>;
  readonly bundle: string | undefined;
};

/** undefined when runc has no such container, or was stopped before it had written its state. */
export async function readState(root: string, id: string): Promise<RuncState | undefined> {
  const text = await readFile(join(root, id, 'state.json'), 'utf8').catch(() => undefined);
  return text === undefined || text === '' ? undefined : parseState(text);
}

export function parseState(text: string): RuncState {
  const state = JSON.parse(text) as {
    init_process_pid?: number;
    cgroup_paths?: Record<string, string>;
    config?: { labels?: string[] };
  };
  const label = state.config?.labels?.find((entry) => entry.startsWith('bundle='));
  return {
    pid: state.init_process_pid ?? 0,
    groups: groupsOf(state.cgroup_paths ?? {}),
    bundle: label?.slice('bundle='.length),
  };
}

/** runc names the version 2 group "" on hybrid machines as well, where no controller is in it. */
function groupsOf(paths: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const { '': unified, ...controllers } = paths;
  if (unified === undefined || Object.keys(controllers).length === 0) return paths;
  return { ...controllers, unified };
}
