/** One line to standard error for whoever runs the engine. `level` is the composition root's to set. */
export type Level = 'debug' | 'info' | 'warn' | 'error';
const rank = { debug: 0, info: 1, warn: 2, error: 3 } as const satisfies Record<Level, number>;

export class Log {
  #threshold: number;
  readonly #write: (line: string) => void;

  constructor(level: Level, write: (line: string) => void) {
    this.#threshold = rank[level];
    this.#write = write;
  }

  set level(level: Level) {
    this.#threshold = rank[level];
  }

  debug = (message: string): void => this.#line('debug', message);
  info = (message: string): void => this.#line('info', message);
  warn = (message: string): void => this.#line('warn', message);
  error = (message: string): void => this.#line('error', message);

  #line(level: Level, message: string): void {
    if (rank[level] >= this.#threshold) this.#write(`${new Date().toISOString()} ${level} ${message}\n`);
  }
}

/** For tests and for parts that nobody listens to. */
export const silent = new Log('error', () => {});
