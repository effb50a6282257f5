import type { Context } from '../context.ts';
import type { Flags, Values } from './flag.ts';

/** What an operand names, for shell completion; the last kind repeats. */
export type OperandKind = 'containers' | 'running' | 'images' | 'networks' | 'volumes' | 'files' | 'shells';

/** One command: what it takes and what it does. Every file in `commands/` exports one. */
export type Command<F extends Flags = Flags> = {
  /** Behind the name: "[OPTIONS] CONTAINER [CONTAINER...]". */
  readonly usage: string;
  readonly summary: string;
  /** How many operands; `most` is left out for any number. */
  readonly operands: { readonly least: number; readonly most?: number };
  readonly complete?: readonly OperandKind[];
  readonly flags: F;
  /** Options end at the first operand: what follows belongs to the container's own command. */
  readonly passThrough?: boolean;
  /** Answers with the exit code. */
  run(context: Context, operands: readonly string[], values: Values<F>): Promise<number>;
};

/** Keeps the flags' types while a command is written down. */
export const command = <F extends Flags>(definition: Command<F>): Command => definition as unknown as Command;
