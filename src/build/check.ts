import { AppError } from '../base/index.ts';
import { settings, shell } from './config/settings.ts';
import { jsonList, rawWords } from './config/words.ts';
import type { Instruction } from './dockerfile/instruction.ts';
import { atLine } from './dockerfile/lines.ts';

/** What can be judged before any variable has its value. */
const settled: ReadonlySet<string> = new Set(['ENV', 'LABEL', 'VOLUME', 'HEALTHCHECK', 'ONBUILD']);

/** Refuses what can never work before the first step runs. Throws `invalid` with the number of the line at fault. */
export function checkSyntax(instruction: Instruction): void {
  try {
    check(instruction);
  } catch (error) {
    throw error instanceof AppError ? atLine(instruction.line, error.message) : error;
  }
}

function check({ name, rest }: Instruction): void {
  if (name === 'SHELL') shell(rest);
  else if (settled.has(name)) settings[name]!(rest, {}, (word) => word);
  else if (name === 'ARG' && rawWords(rest).some((word) => word.startsWith('='))) {
    throw new AppError('invalid', 'ARG names can not be blank');
  } else if ((name === 'COPY' || name === 'ADD') && (jsonList(rest) ?? rawWords(rest)).length < 2) {
    throw new AppError(
      'invalid',
      `${name} requires at least two arguments, but only one was provided. Destination could not be determined`,
    );
  }
}
