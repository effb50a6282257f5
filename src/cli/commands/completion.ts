import { candidates } from '../completion/candidates.ts';
import { scripts } from '../completion/scripts.ts';
import type { Context } from '../context.ts';
import { command } from '../parse/command.ts';
import { UsageError } from '../parse/usage-error.ts';

export const completion = command({
  usage: 'bash|zsh|fish',
  summary: 'Generate the completion script for a shell',
  operands: { least: 1 },
  complete: ['shells'],
  passThrough: true,
  flags: {},
  async run(context, [shell = '', ...words]) {
    if (shell === 'suggest') return suggest(context, words);
    const script = scripts[shell];
    if (script === undefined) {
      throw new UsageError(`portolan: no completion for "${shell}": want ${Object.keys(scripts).join(', ')}`, 1);
    }
    await context.out(script);
    return 0;
  },
});

/** What the scripts call. An engine that does not answer must not disturb the command line being typed. */
async function suggest(context: Context, words: readonly string[]): Promise<number> {
  const typed = words[0] === '--' ? words.slice(1) : words;
  try {
    const offers = await candidates(context, typed);
    await context.out(offers.map((offer) => `${offer}\n`).join(''));
    return 0;
  } catch {
    return 1;
  }
}
