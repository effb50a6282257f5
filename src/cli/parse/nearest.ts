import { Command as Commander } from 'commander';

/** The known word that a mistaken one is most like, by commander's measure; undefined when none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const parser = new Commander()
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .helpCommand(false);
  for (const name of known) parser.command(name);
  try {
    parser.parse([word], { from: 'user' });
    return undefined;
  } catch (error) {
    return suggestionIn(error);
  }
}

/** A line of its own under a refusal; nothing without a suggestion. */
export const meant = (suggestion: string | undefined): string =>
  suggestion === undefined ? '' : `\nDid you mean ${suggestion}?`;

/** What commander proposes in an error of its own. */
export function suggestionIn(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  return /\(Did you mean (?:one of )?([^,?]+)/.exec(error.message)?.[1];
}
