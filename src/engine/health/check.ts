import type { ContainerConfig, Healthcheck } from '../../contract/index.ts';

/** What is asked of a container's health, with Docker's defaults filled in. Times in milliseconds. */
export type Check = {
  readonly args: readonly string[];
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** From the start of the container: failures do not count, as long as it never was healthy. */
  readonly startPeriodMs: number;
  /** Between probes of a container that is starting, during the start period. */
  readonly startIntervalMs: number;
  readonly retries: number;
};

const nsPerMs = 1_000_000;
const orDefault = (ns: number, ms: number): number => (ns === 0 ? ms : ns / nsPerMs);

/** Undefined without a check: none was asked for, it was turned off, or its kind is unknown. */
export function checkOf({ Healthcheck, Shell }: ContainerConfig): Check | undefined {
  const [kind, ...rest] = Healthcheck?.Test ?? [];
  if (Healthcheck === null || (kind !== 'CMD' && kind !== 'CMD-SHELL')) return undefined;
  const shell = Shell ?? ['/bin/sh', '-c'];
  return {
    args: kind === 'CMD' ? rest : [...shell, ...rest],
    intervalMs: orDefault(Healthcheck.Interval, 30_000),
    timeoutMs: orDefault(Healthcheck.Timeout, 30_000),
    startPeriodMs: orDefault(Healthcheck.StartPeriod, 0),
    startIntervalMs: orDefault(Healthcheck.StartInterval, 5000),
    retries: Healthcheck.Retries === 0 ? 3 : Healthcheck.Retries,
  };
}

/** Each field that was not asked for is the image's. */
export function mergeHealthcheck(
  asked: Healthcheck | null,
  image: Partial<Healthcheck> | undefined,
): Healthcheck | null {
  if (image === undefined) return asked;
  return {
    Test: asked?.Test.length ? asked.Test : (image.Test ?? []),
    Interval: asked?.Interval || (image.Interval ?? 0),
    Timeout: asked?.Timeout || (image.Timeout ?? 0),
    StartPeriod: asked?.StartPeriod || (image.StartPeriod ?? 0),
    StartInterval: asked?.StartInterval || (image.StartInterval ?? 0),
    Retries: asked?.Retries || (image.Retries ?? 0),
  };
}
