/** The composition root: the only place that builds the real things and reads the process's arguments and environment. */
const [command, ...rest] = process.argv.slice(2);

if (command === 'daemon') {
  const { runDaemon } = await import('./daemon/run.ts');
  process.exit(await runDaemon(rest));
}
const { runCli } = await import('./cli/index.ts');
process.exitCode = await runCli(process.argv.slice(2), process.env, process);
