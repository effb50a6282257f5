import pc from 'picocolors';
import type { Context } from '../context.ts';

/** What a step found to be otherwise than it says. */
export class DoesNotHold extends Error {
  override readonly name: string = 'DoesNotHold';
}

const widest = 110;
const mostLines = 8;

/** Prints the tour: headings, commands with what came back, checks, reasons. Colours on a terminal only. */
export class Narrator {
  readonly #context: Context;
  readonly #paint: ReturnType<typeof pc.createColors>;

  constructor(context: Context) {
    this.#context = context;
    this.#paint = pc.createColors(context.colours(context.stdio.stdout));
  }

  heading(text: string): Promise<void> {
    return this.#line(
      `\n${this.#paint.bold(this.#paint.cyan(`── ${text} ${'─'.repeat(Math.max(0, 74 - text.length))}`))}`,
    );
  }

  note(text: string): Promise<void> {
    return this.#line(this.#paint.dim(`  ${text}`));
  }

  async command(command: string, output: string): Promise<void> {
    await this.#line(`${this.#paint.green('$')} ${this.#paint.bold(command)}`);
    for (const line of trimmed(output)) await this.#line(`    ${line}`);
  }

  /** Says that `claim` holds, or throws DoesNotHold. */
  async check(holds: boolean, claim: string): Promise<void> {
    if (!holds) throw new DoesNotHold(claim);
    await this.#line(`${this.#paint.green('✓')} ${claim}`);
  }

  async why(lines: readonly [string, string]): Promise<void> {
    await this.#line(`  ${this.#paint.yellow('Why:')} ${lines[0]}`);
    await this.#line(`       ${lines[1]}`);
  }

  failure(text: string): Promise<void> {
    return this.#line(`${this.#paint.red('✗')} ${text}`);
  }

  success(text: string): Promise<void> {
    return this.#line(`\n${this.#paint.bold(this.#paint.green(text))}`);
  }

  #line(text: string): Promise<void> {
    return this.#context.out(`${text}\n`);
  }
}

/** Output as it is worth showing: no empty lines, none too long, not too many. */
function trimmed(output: string): readonly string[] {
  const lines = output
    .split('\n')
    .map((line) => line.trimEnd().replaceAll('\t', '  '))
    .filter((line) => line !== '');
  const shown = lines
    .slice(0, mostLines)
    .map((line) => (line.length > widest ? `${line.slice(0, widest - 1)}…` : line));
  return lines.length > mostLines ? [...shown, `… (${lines.length - mostLines} more lines)`] : shown;
}
