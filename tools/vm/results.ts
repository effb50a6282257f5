/** What a test file came to, as the reporter in the virtual machine tells it; suites do not count. */
export type FileResult = {
  /** Relative to the project. */
  readonly file: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Why tests were skipped. */
  readonly reasons: readonly string[];
};

/** What came over the results line: the files, and the exit code of node's runner, unless the machine ended before. */
export type Results = { readonly files: readonly FileResult[]; readonly exit: number | undefined };

/** Reads the lines of JSON: a `FileResult` each, some of them twice, and `{"exit": code}` last. */
export function parseResults(text: string): Results {
  const files: FileResult[] = [];
  let exit: number | undefined;
  for (const line of text.split(/\r?\n/)) {
    const value = readLine(line);
    if (value === undefined) continue;
    if ('exit' in value) exit = value.exit;
    else files.push(value);
  }
  return { files, exit };
}

/** Nothing for a line that was cut off when the machine was. */
function readLine(line: string): FileResult | { readonly exit: number } | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

export type Verdict = { readonly ok: boolean; readonly lines: readonly string[] };

/** Each file that was asked for has to show something: one in which every test was skipped, or none ran, fails. */
export function judge(asked: readonly string[], { files, exit }: Results): Verdict {
  const judged = asked.map((file) => judgeFile(file, files));
  const lines = judged.map(({ line }) => line);
  if (exit === undefined) lines.push('the virtual machine ended before the tests did');
  else if (exit !== 0) lines.push(`node's runner ended with exit code ${exit}`);
  return { ok: exit === 0 && judged.every(({ ok }) => ok), lines };
}

function judgeFile(file: string, all: readonly FileResult[]): { readonly ok: boolean; readonly line: string } {
  const found = all.find((result) => result.file === file);
  if (found === undefined) return { ok: false, line: `${file}: failed: did not end` };
  const { passed, failed, skipped, reasons } = found;
  const tally = `${file}: ${passed} passed, ${failed} failed, ${skipped} skipped`;
  const why = reasons.length === 0 ? '' : ` (${reasons.join('; ')})`;
  if (failed > 0) return { ok: false, line: `${tally}${why}: failed` };
  if (passed === 0) return { ok: false, line: `${tally}${why}: failed: nothing ran` };
  return { ok: true, line: `${tally}${why}` };
}
