import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { createLab, type EngineOptions, type Lab, LabEngine, type LabHost } from '../lab/index.ts';

export type Bench = {
  /** The lab host the engine runs in. */
  readonly host: LabHost;
  /** Another machine on the same segment. */
  readonly outside: LabHost;
  readonly engine: LabEngine;
};

/** One engine in a lab of its own for all tests of a file; the file fails when it leaves anything behind. */
export function engineForFile(options: EngineOptions = {}): Bench {
  const bench: { lab?: Lab; host?: LabHost; outside?: LabHost; engine?: LabEngine } = {};
  before(async () => {
    bench.lab = await createLab();
    bench.host = await bench.lab.host('engine');
    bench.outside = await bench.lab.host('far');
    bench.engine = await LabEngine.start(bench.host, options);
  });
  after(async () => {
    await bench.engine?.[Symbol.asyncDispose]();
    await bench.lab?.[Symbol.asyncDispose]();
  });
  const need = <T>(value: T | undefined): T => {
    assert.ok(value !== undefined, 'the engine is up only inside tests');
    return value;
  };
  return {
    get host() {
      return need(bench.host);
    },
    get outside() {
      return need(bench.outside);
    },
    get engine() {
      return need(bench.engine);
    },
  };
}

/** A container that was started may still be turning into its server: waits until it listens on these TCP ports. */
export async function listens(engine: LabEngine, container: string, ...ports: readonly number[]): Promise<void> {
  for (const port of ports) {
    await engine.ok('exec', container, 'sh', '-c', `until netstat -ltn | grep -q ":${port} "; do sleep 0.1; done`);
  }
}

/** Runs `body` and shows that the engine has afterwards what it had before: links, rules, mounts, processes, records. */
export async function leavesNothing(engine: LabEngine, body: () => Promise<void>): Promise<void> {
  const records = async (): Promise<string[]> => [
    await engine.ok('ps', '--all', '--quiet', '--no-trunc'),
    await engine.ok('network', 'ls', '--quiet', '--no-trunc'),
    await engine.ok('images', '--quiet', '--no-trunc'),
    await engine.ok('volume', 'ls', '--quiet'),
  ];
  const state = async () => ({ kernel: await engine.leftovers(), records: await records() });
  const before = await settled(state, isDeepStrictEqual);
  await body();
  const equal = (_: unknown, now: unknown): boolean => isDeepStrictEqual(now, before);
  assert.deepEqual(await settled(state, equal), before);
}

/**
 * The kernel takes namespaces, and the links in them, apart after it has answered, for 10 to 100 ms each, and the
 * engine deletes removed layers behind everybody's back: what `look` sees once `enough`, or after 5 s.
 */
async function settled<T>(look: () => Promise<T>, enough: (last: T, now: T) => boolean): Promise<T> {
  const deadline = Date.now() + 5000;
  for (let last = await look(); ; ) {
    await sleep(100);
    const now = await look();
    if (enough(last, now) || Date.now() > deadline) return now;
    last = now;
  }
}
