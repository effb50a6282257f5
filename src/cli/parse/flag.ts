/** An option of a command: how it is written, what it means, and how its text becomes a value. */
export type Flag<T> = {
  /** "-f, --filter <filter>"; a switch has no `<…>`. */
  readonly spelling: string;
  readonly summary: string;
  readonly initial: T;
  /** Missing for a switch. `previous` collects what repeats. */
  read?(text: string, previous: T): T;
};

export type Flags = Readonly<Record<string, Flag<unknown>>>;
export type Values<F extends Flags> = { readonly [Key in keyof F]: F[Key]['initial'] };

/** A switch. `--name=false` turns off one that is on at first. */
export const toggle = (spelling: string, summary: string, initial = false): Flag<boolean> => ({
  spelling,
  summary,
  initial,
});

export const text = (spelling: string, summary: string, initial = ''): Flag<string> => ({
  spelling,
  summary,
  initial,
  read: (given) => given,
});

/** An option with a value of its own type, `undefined` when it is not given. `read` throws InvalidValue. */
export const value = <T>(spelling: string, summary: string, read: (text: string) => T): Flag<T | undefined> => ({
  spelling,
  summary,
  initial: undefined,
  read,
});

/** An option that may be given many times. */
export const list = (spelling: string, summary: string): Flag<readonly string[]> =>
  each(spelling, summary, (one) => one);

/** A repeated option whose every value is read. `read` throws InvalidValue. */
export const each = <T>(spelling: string, summary: string, read: (text: string) => T): Flag<readonly T[]> => ({
  spelling,
  summary,
  initial: [],
  read: (given, previous) => [...previous, read(given)],
});
