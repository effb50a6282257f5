/** A command line that cannot be understood. `text` is complete, with the hint where help is. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError';
  readonly exitCode: number;
  constructor(text: string, exitCode: number) {
    super(text);
    this.exitCode = exitCode;
  }
}
