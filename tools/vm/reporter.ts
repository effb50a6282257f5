import { relative } from 'node:path';
import type { TestEvent } from 'node:test/reporters';
import type { FileResult } from './results.ts';

/**
 * Runs in the virtual machine, under node's runner with one file at a time: a line of JSON for each file that ended, for
 * `parseResults()`. Only a file's summary names the file; a test names where it was written, which may be a fixture.
 */
export default async function* report(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  let reasons = new Set<string>();
  for await (const event of source) {
    if (event.type === 'test:pass' || event.type === 'test:fail') {
      if (typeof event.data.skip === 'string') reasons.add(event.data.skip);
      continue;
    }
    if (event.type !== 'test:summary' || event.data.file === undefined) continue;
    const { tests, passed, skipped, todo } = event.data.counts;
    const result: FileResult = {
      file: relative(process.cwd(), event.data.file),
      passed,
      failed: tests - passed - skipped - todo,
      skipped,
      reasons: [...reasons],
    };
    reasons = new Set();
    yield `${JSON.stringify(result)}\n`;
  }
}
