import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Log, newId } from '../../src/base/index.ts';
import { createNetworkController, type NetworkController, type NetworkStore } from '../../src/network/index.ts';
import { Database } from '../../src/store/index.ts';
import { createNetns, warmThreadPool } from '../../src/syscall/netns.ts';
import { endpoint, networkCreate, sandboxRequest } from './network-lab.ts';

/** Of some that follow each other: their median, and the fastest tenth, which other work on the machine leaves alone. */
export type Sample = { readonly from: number; readonly medianMs: number; readonly fastMs: number };

/** The network on a real database, in a namespace of its own, for measuring what many cost. */
export class ScaleLab implements AsyncDisposable {
  readonly #dir: string;
  readonly #database: Database;
  readonly #store: NetworkStore;
  readonly #netns = createNetns();
  readonly #containers: string[] = [];
  #controller!: NetworkController;

  constructor() {
    this.#dir = mkdtempSync(join(tmpdir(), 'portolan-scale-'));
    this.#database = new Database(join(this.#dir, 'state.db'));
    this.#store = {
      networks: this.#database.table('network'),
      endpoints: this.#database.table('endpoint'),
      sandboxes: this.#database.table('sandbox'),
      formerLeases: this.#database.table('former_lease'),
      transaction: (body) => this.#database.transaction(body),
    };
    this.run('ip', 'link', 'set', 'lo', 'up');
  }

  get network(): NetworkController {
    return this.#controller;
  }

  async start(): Promise<void> {
    await warmThreadPool();
    this.#controller = createNetworkController({
      options: {
        runDir: join(this.#dir, 'run'),
        dns: [],
        dnsSearch: [],
        dnsOptions: [],
        ipForward: true,
        ipMasquerade: true,
        icc: true,
        table: 'portolan-scale',
        notice: () => {},
      },
      store: this.#store,
      log: new Log('warn', (line) => console.error(line)),
      hostNetns: this.#netns.fd,
    });
    await this.#controller.start();
  }

  run(command: string, ...args: string[]): string {
    const { status, stdout, stderr } = spawnSync(
      'nsenter',
      [`--net=/proc/${process.pid}/fd/${this.#netns.fd}`, command, ...args],
      { encoding: 'utf8', maxBuffer: 2 ** 26 },
    );
    if (status !== 0) throw new Error(`${command}: ${stderr}`);
    return stdout;
  }

  /** "n0", "n1", …: all are made, or it throws. A sample every tenth of the way, and of the last. */
  networks(count: number): Promise<readonly Sample[]> {
    return sampled(count, (n) => this.network.createNetwork(networkCreate(`n${n}`)));
  }

  /** One container each on network n0. */
  containers(count: number): Promise<readonly Sample[]> {
    return sampled(count, async () => void this.#containers.push(await this.#up()));
  }

  async #up(): Promise<string> {
    const id = newId();
    await this.network.connect(id, 'n0', endpoint());
    await this.network.sandboxUp(sandboxRequest(id, join(this.#dir, 'files', id)));
    return id;
  }

  /** A container on n0 that comes and goes. */
  async upAndDown(rounds: number): Promise<number> {
    return medianOf(rounds, async () => this.network.forget(await this.#up()));
  }

  async createAndRemove(rounds: number): Promise<number> {
    return medianOf(rounds, async (n) => {
      await this.network.createNetwork(networkCreate(`gone${n}`));
      await this.network.removeNetwork(`gone${n}`);
    });
  }

  async connectAndDisconnect(rounds: number): Promise<number> {
    const id = newId();
    await this.network.connect(id, 'bridge', endpoint());
    await this.network.sandboxUp(sandboxRequest(id, join(this.#dir, 'files', id)));
    const each = await medianOf(rounds, async (n) => {
      await this.network.connect(id, `n${n}`, endpoint());
      await this.network.disconnect(id, `n${n}`);
    });
    await this.network.forget(id);
    return each;
  }

  repairMs(): Promise<number> {
    return medianOf(3, () => this.network.repair());
  }

  restartMs(): Promise<number> {
    return medianOf(1, async () => {
      await this.network.stop();
      await this.start();
    });
  }

  containersDown(): Promise<number> {
    const ids = this.#containers.splice(0);
    return medianOf(ids.length, (n) => this.network.forget(ids[n]!));
  }

  networksGone(count: number): Promise<number> {
    return medianOf(count, (n) => this.network.removeNetwork(`n${n}`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#controller.stop();
    this.#database[Symbol.dispose]();
    for (const name of readdirSync(join(this.#dir, 'run'))) spawnSync('umount', ['-l', join(this.#dir, 'run', name)]);
    rmSync(this.#dir, { recursive: true, force: true });
    this.#netns[Symbol.dispose]();
  }
}

export async function openScaleLab(): Promise<ScaleLab> {
  const lab = new ScaleLab();
  await lab.start();
  return lab;
}

/** What is done `count` times, with the median of every tenth part of it. */
async function sampled(count: number, once: (n: number) => Promise<unknown>): Promise<readonly Sample[]> {
  const part = Math.max(1, Math.floor(count / 10));
  const samples: Sample[] = [];
  for (let from = 0; from < count; from += part) {
    const rounds = Math.min(part, count - from);
    const times = await timed(rounds, (n) => once(from + n));
    samples.push({ from, medianMs: times[rounds >> 1]!, fastMs: times[Math.floor(rounds / 10)]! });
  }
  return samples;
}

async function medianOf(rounds: number, once: (n: number) => Promise<unknown>): Promise<number> {
  return (await timed(rounds, once))[rounds >> 1] ?? 0;
}

/** In order of length. */
async function timed(rounds: number, once: (n: number) => Promise<unknown>): Promise<readonly number[]> {
  const times: number[] = [];
  for (let n = 0; n < rounds; n++) {
    const started = performance.now();
    await once(n);
    times.push(performance.now() - started);
  }
  return times.sort((a, b) => a - b);
}
