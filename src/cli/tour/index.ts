import { messageOf } from '../../base/index.ts';
import { ApiError, ConnectError } from '../../client/index.ts';
import type { Context } from '../context.ts';
import { findEngine } from './engine-namespace.ts';
import { DoesNotHold, Narrator } from './narrator.ts';
import { Scene } from './scene.ts';
import { finished, Shell } from './shell.ts';
import { NotHere, type Step } from './step.ts';
import { connect } from './steps/connect.ts';
import { host } from './steps/host.ts';
import { hostView } from './steps/host-view.ts';
import { isolation } from './steps/isolation.ts';
import { macvlan } from './steps/macvlan.ts';
import { defaultNames, ownNames } from './steps/name-files.ts';
import { none } from './steps/none.ts';
import { publishChosen, publishRandom } from './steps/publish-tcp.ts';
import { publishUdp } from './steps/publish-udp.ts';
import { removal } from './steps/removal.ts';
import { resolver } from './steps/resolver.ts';
import { twoContainers } from './steps/two-containers.ts';

const stepsBefore: readonly Step[] = [
  twoContainers,
  hostView,
  isolation,
  connect,
  publishRandom,
  publishChosen,
  publishUdp,
  none,
  host,
  macvlan,
  defaultNames,
  ownNames,
  resolver,
];

const containers = [
  'test1',
  'test2',
  'test3',
  'web1',
  'web2',
  'udp1',
  'none1',
  'host1',
  'mac1',
  'mac1',
  'name1',
  'test4',
  'test5',
];

/**
 * Plays the experiments on the live engine. Each step checks what it shows; the first that does not hold ends the tour
 * with exit code 1. Whatever was made is removed, also after a failure or ctrl-c.
 */
export async function playTour(
  context: Context,
  options: { readonly list: boolean; readonly image: string },
): Promise<number> {
  const say = new Narrator(context);
  if (options.list) {
    const titles = [...stepsBefore, removal([])].map(({ title }, at) => `${at + 1}. ${title}\n`);
    await context.out(titles.join(''));
    return 0;
  }
  const shell = await prepare(context, options.image);
  using stop = interruptible();
  await using scene = new Scene({ context, say, host: shell, image: options.image, stop: stop.signal });
  await scene.chooseNames(containers, ['isolated_nw', 'macvlan1']);
  if (shell.elsewhere) await say.note("The engine has a network namespace of its own: the host's tools run there.");
  const linksBefore = (await scene.links()).map(({ ifname }) => ifname);
  // Awaited here: the scene is cleared when this scope ends.
  return await play([...stepsBefore, removal(linksBefore)], scene, say);
}

async function play(steps: readonly Step[], scene: Scene, say: Narrator): Promise<number> {
  const began = performance.now();
  let skipped = 0;
  for (const [at, step] of steps.entries()) {
    await say.heading(`${at + 1}/${steps.length}  ${step.title}`);
    try {
      await step.play(scene);
    } catch (error) {
      if (error instanceof ConnectError) throw error;
      if (error instanceof NotHere) {
        skipped++;
        await say.note(`Skipped: ${error.message}`);
        continue;
      }
      await say.failure(explain(error));
      await say.note('The tour ends here; what it made is removed.');
      return error instanceof Interrupted ? 130 : 1;
    }
    await say.why(step.why);
  }
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const held = skipped === 0 ? `All ${steps.length}` : `${steps.length - skipped} of ${steps.length}`;
  await say.success(`${held} steps hold${skipped === 0 ? '' : `, ${skipped} skipped`} (${seconds} s).`);
  return 0;
}

function explain(error: unknown): string {
  if (error instanceof DoesNotHold) return `does not hold: ${error.message}`;
  if (error instanceof ApiError) return `Error response from daemon: ${error.message}`;
  return messageOf(error);
}

class Interrupted extends Error {
  override readonly name: string = 'Interrupted';
}

/** Ctrl-c ends the tour at the next command, so that what it made is removed. */
function interruptible(): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  const stop = (): void => controller.abort(new Interrupted('interrupted'));
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
    },
  };
}

/** What the tour needs, each with what brings it: root, an image, the host's tools, the engine's namespace. */
async function prepare(context: Context, image: string): Promise<Shell> {
  await context.client.system.version();
  if (process.getuid?.() !== 0)
    throw new Error('the tour looks into network namespaces, which needs root:  sudo portolan tour');
  try {
    await context.client.images.inspect(image);
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error;
    throw new Error(`the tour needs the image ${image}: name another that holds a busybox with --image, or load it`);
  }
  for (const tool of [
    ['ip', '-V'],
    ['bridge', '-V'],
    ['nft', '-v'],
    ['nsenter', '-V'],
    ['bash', '--version'],
  ]) {
    if ((await finished(tool)).code === 127) {
      throw new Error(
        `the tour shows ${tool[0]}, which is not installed:  sudo apt-get install iproute2 nftables util-linux bash`,
      );
    }
  }
  const engine = findEngine(context.address.socketPath);
  if (engine === undefined) throw new Error(`no process of this machine listens on ${context.address.text}`);
  return new Shell(engine);
}
