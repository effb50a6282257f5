/** Fails when a file is untidy: the rules that neither the compiler nor the linter checks. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { report } from './report.ts';
import { Project } from './source/project.ts';
import { sourceFindings } from './tidy/source-rules.ts';
import { type TextFile, treeFindings } from './tidy/tree-rules.ts';

/** What is in the repository, or would be with the next commit. */
function repositoryFiles(): TextFile[] {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    encoding: 'utf8',
  });
  return listed.split('\0').flatMap((path) => {
    if (!/\.(ts|sh|md|ya?ml)$/.test(path)) return [];
    return [{ path, text: readIfThere(path) }];
  });
}

/** A file that is deleted and not yet committed is listed too. */
function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

using project = Project.open(process.cwd());
const files = repositoryFiles();
report('tidy', files.length, [...project.files.flatMap(sourceFindings), ...treeFindings(files)]);
