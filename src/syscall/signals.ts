/** Signal numbers of Linux on x86, arm and riscv: <asm-generic/signal.h>; second names as in signal(7). */
export const signals: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGTRAP: 5,
  SIGABRT: 6,
  SIGIOT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGSEGV: 11,
  SIGUSR2: 12,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
  SIGSTKFLT: 16,
  SIGCHLD: 17,
  SIGCLD: 17,
  SIGCONT: 18,
  SIGSTOP: 19,
  SIGTSTP: 20,
  SIGTTIN: 21,
  SIGTTOU: 22,
  SIGURG: 23,
  SIGXCPU: 24,
  SIGXFSZ: 25,
  SIGVTALRM: 26,
  SIGPROF: 27,
  SIGWINCH: 28,
  SIGIO: 29,
  SIGPOLL: 29,
  SIGPWR: 30,
  SIGSYS: 31,
};

/** The first and last real-time signal as glibc counts them: the two below are its own. */
const SIGRTMIN = 34;
const SIGRTMAX = 64;

/**
 * The number behind "SIGTERM", "TERM", "term", "15", "SIGRTMIN+3" or "RTMAX-1"; undefined for anything else. What
 * `docker kill -s` and an image's StopSignal accept.
 */
export function signalNumber(text: string): number | undefined {
  if (/^\d{1,2}$/.test(text)) {
    const number = Number(text);
    return number >= 1 && number <= SIGRTMAX ? number : undefined;
  }
  const name = text.toUpperCase().replace(/^(SIG)?/, 'SIG');
  return signals[name] ?? realTime(name);
}

function realTime(name: string): number | undefined {
  const match = /^SIGRT(MIN|MAX)(?:([+-])(\d{1,2}))?$/.exec(name);
  if (match === null) return undefined;
  const base = match[1] === 'MIN' ? SIGRTMIN : SIGRTMAX;
  const number = base + (match[2] === '-' ? -1 : 1) * Number(match[3] ?? 0);
  return number >= SIGRTMIN && number <= SIGRTMAX ? number : undefined;
}

/** "SIGTERM" for 15; undefined when the number has no name of its own. */
export const signalName = (number: number): string | undefined =>
  Object.keys(signals).find((name) => signals[name] === number);
