import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseSpecJson } from '../spec/json.ts';
import type { OciProcess, OciSpec } from '../spec/oci.ts';
import { capabilitySets } from '../spec/spec.ts';
import type { ExecRequest } from '../types.ts';

/** The process to run in a container that is up: its limits and capabilities, unless it is to be privileged. Pure. */
export function execProcess(request: ExecRequest, container: OciSpec, own: readonly string[]): OciProcess {
  const { user } = request;
  const names = request.privileged ? own : container.process.capabilities.bounding;
  const { rlimits, oomScoreAdj } = container.process;
  return {
    terminal: request.tty,
    ...(request.tty && request.consoleSize !== undefined ? { consoleSize: request.consoleSize } : {}),
    user: { uid: user.uid, gid: user.gid, additionalGids: user.additionalGids },
    args: request.args,
    env: request.env,
    cwd: request.cwd,
    capabilities: capabilitySets(names, user.uid),
    ...(rlimits === undefined ? {} : { rlimits }),
    noNewPrivileges: container.process.noNewPrivileges,
    ...(oomScoreAdj === undefined ? {} : { oomScoreAdj }),
  };
}

/** The spec of a container that runs, as it was written for its start. */
export async function readSpec(bundle: string): Promise<OciSpec> {
  return parseSpecJson(await readFile(join(bundle, 'config.json'), 'utf8')) as OciSpec;
}
