import { constants } from 'node:os';

/** Signals that are about our own process: children, stops, timers of the runtime, and what cannot be caught. */
const own: readonly string[] = [
  'SIGCHLD',
  'SIGPIPE',
  'SIGURG',
  'SIGKILL',
  'SIGSTOP',
  'SIGPROF',
  'SIGWINCH',
  'SIGTSTP',
  'SIGTTIN',
  'SIGTTOU',
  'SIGSEGV',
  'SIGBUS',
  'SIGFPE',
  'SIGILL',
  'SIGTRAP',
  'SIGABRT',
  'SIGIOT',
  'SIGSYS',
  'SIGUNUSED',
  'SIGSTKFLT',
  'SIGVTALRM',
  'SIGXCPU',
  'SIGXFSZ',
  'SIGALRM',
  'SIGPOLL',
  'SIGIO',
  'SIGPWR',
];

/** Passes every signal that we get on to the container, by its name without SIG, until disposed. */
export function proxySignals(kill: (signal: string) => Promise<void>): Disposable {
  const listeners = (Object.keys(constants.signals) as NodeJS.Signals[])
    .filter((signal) => !own.includes(signal))
    .map((signal) => {
      // A container that has just ended cannot be killed again: its exit is on its way to us.
      const pass = (): void => void kill(signal.replace(/^SIG/, '')).catch(() => {});
      process.on(signal, pass);
      return { signal, pass };
    });
  return {
    [Symbol.dispose]() {
      for (const { signal, pass } of listeners) process.off(signal, pass);
    },
  };
}
