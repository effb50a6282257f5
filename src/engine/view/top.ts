import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { AppError } from '../../base/index.ts';
import type { TopBody } from '../../contract/index.ts';
import type { Container } from '../container/container.ts';
import type { Parts } from '../parts.ts';

const run = promisify(execFile);

/** GET /containers/{id}/top: the host's ps(1), reduced to the container's processes. Pids are the host's. */
export async function topContainer(parts: Parts, container: Container, psArgs: string): Promise<TopBody> {
  if (!container.running) throw new AppError('conflict', `container ${container.id} is not running`);
  const args = (psArgs === '' ? '-ef' : psArgs).split(/\s+/).filter((word) => word !== '');
  const pids = new Set((await parts.runtime.processes(container.id)).map((pid) => String(pid)));
  const output = await run('ps', args, { maxBuffer: 64 << 20 }).catch((error: { stderr?: string; message: string }) => {
    throw new AppError('invalid', `ps: ${error.stderr?.trim().split('\n', 1)[0] || error.message}`);
  });
  return processTable(output.stdout, pids);
}

/** Columns are as many as titles: the last one, the command, keeps its blanks. */
export function processTable(ps: string, pids: ReadonlySet<string>): TopBody {
  const [head = '', ...lines] = ps.trimEnd().split('\n');
  const titles = head.trim().split(/\s+/);
  const pidColumn = titles.indexOf('PID');
  if (pidColumn === -1) throw new AppError('invalid', "couldn't find PID field in ps output");
  const rows = lines.map((line) => columns(line, titles.length)).filter((row) => pids.has(row[pidColumn] ?? ''));
  return { Titles: titles, Processes: rows };
}

function columns(line: string, count: number): string[] {
  const words = line.trim().split(/\s+/);
  return [...words.slice(0, count - 1), words.slice(count - 1).join(' ')];
}
