/** Runs tests in a virtual machine with Debian's kernel: `npm run test:vm [-- [--minutes N] FILE...]`. */
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { prepare } from './vm/disk.ts';
import { boot, packProject } from './vm/machine.ts';
import { judge, parseResults } from './vm/results.ts';

/** What the kernels of test machines lack, and enough of the rest to see that this kernel carries the engine. */
const usual = [
  'test/kernel/{macvlan,ipvlan,vlan}*.test.ts',
  'test/kernel/{link,network-attach,network-bridge,runtime-exec,runtime-life,runtime-orphans}.test.ts',
  // docker's command line, with control groups version 2
  'test/e2e/{network-modes,vlan-ipvlan,limits,health,restart-policy}.test.ts',
];

const root = resolve(import.meta.dirname, '..');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { minutes: { type: 'string', default: '30' } },
});
const minutes = Number(values.minutes);
if (!(minutes > 0)) throw new Error(`--minutes ${values.minutes}: not a number of minutes`);

/** Named files are relative to where the caller is; patterns, as in package.json, to the project. */
function chosenFiles(): readonly string[] {
  const patterns = positionals.length === 0 ? usual : positionals;
  const files = patterns.flatMap((pattern) => {
    const found = existsSync(pattern) ? [relative(root, resolve(pattern))] : globSync(pattern, { cwd: root });
    if (found.length === 0 && positionals.length > 0) throw new Error(`${pattern}: no such test file`);
    return found;
  });
  return [...new Set(files)].sort();
}

const files = chosenFiles();
const cache = join(process.env['PORTOLAN_CACHE'] ?? '/var/cache/portolan', 'vm');
mkdirSync(cache, { recursive: true });
const work = mkdtempSync(join(tmpdir(), 'portolan-vm-'));
try {
  const job = { files, minutes };
  console.log('vm: preparing');
  const parts = prepare(root, cache);
  const project = join(work, 'project.tar');
  packProject(project, root, work, job);
  const results = join(work, 'results');
  await boot(parts, project, results, job);
  const verdict = judge(files, parseResults(existsSync(results) ? readFileSync(results, 'utf8') : ''));
  console.log(`=== vm\n${verdict.lines.map((line) => `  ${line}`).join('\n')}`);
  console.log(verdict.ok ? 'npm run test:vm: all passed' : 'npm run test:vm: failed');
  process.exitCode = verdict.ok ? 0 : 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}
