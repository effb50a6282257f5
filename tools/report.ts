/** Prints what was found, and makes the process fail if anything was. */
export function report(what: string, files: number, findings: readonly string[]): void {
  for (const finding of findings) console.error(finding);
  console.log(`${what}: ${files} files, ${findings.length === 0 ? 'nothing found' : `${findings.length} found`}`);
  if (findings.length > 0 || files === 0) process.exitCode = 1;
}
