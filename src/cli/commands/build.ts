import { rm, writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { packContext, packDockerfile, type Sent } from '../build/context.ts';
import type { Context } from '../context.ts';
import { parseUlimit } from '../create/resources.ts';
import { command } from '../parse/command.ts';
import { each, list, text, toggle, value } from '../parse/flag.ts';
import { parseWhole } from '../values/number.ts';
import { parseSize, parseSwap } from '../values/size.ts';

export const build = command({
  usage: '[OPTIONS] PATH | URL | -',
  summary: 'Build an image from a Dockerfile',
  operands: { least: 1, most: 1 },
  complete: ['files'],
  flags: {
    addHost: list('--add-host <list>', 'Add a custom host-to-IP mapping (host:ip)'),
    buildArg: list('--build-arg <list>', 'Set build-time variables'),
    cacheFrom: list('--cache-from <strings>', 'Images to consider as cache sources'),
    cgroupParent: text('--cgroup-parent <string>', 'Set the parent cgroup for the RUN instructions during build'),
    cpuPeriod: value('--cpu-period <int>', 'Limit the CPU CFS (Completely Fair Scheduler) period', parseWhole),
    cpuQuota: value('--cpu-quota <int>', 'Limit the CPU CFS (Completely Fair Scheduler) quota', parseWhole),
    cpuShares: value('-c, --cpu-shares <int>', 'CPU shares (relative weight)', parseWhole),
    cpusetCpus: text('--cpuset-cpus <string>', 'CPUs in which to allow execution (0-3, 0,1)'),
    cpusetMems: text('--cpuset-mems <string>', 'MEMs in which to allow execution (0-3, 0,1)'),
    file: text('-f, --file <string>', "Name of the Dockerfile (Default is 'PATH/Dockerfile')"),
    forceRm: toggle('--force-rm', 'Always remove intermediate containers'),
    iidfile: text('--iidfile <string>', 'Write the image ID to the file'),
    label: list('--label <list>', 'Set metadata for an image'),
    memory: value('-m, --memory <bytes>', 'Memory limit', parseSize),
    memorySwap: value(
      '--memory-swap <bytes>',
      'Swap limit equal to memory plus swap: -1 to enable unlimited swap',
      parseSwap,
    ),
    network: text('--network <string>', 'Set the networking mode for the RUN instructions during build'),
    noCache: toggle('--no-cache', 'Do not use cache when building the image'),
    platform: text('--platform <string>', 'Set platform if server is multi-platform capable'),
    pull: toggle('--pull', 'Always attempt to pull a newer version of the image'),
    quiet: toggle('-q, --quiet', 'Suppress the build output and print image ID on success'),
    rm: toggle('--rm', 'Remove intermediate containers after a successful build', true),
    securityOpt: list('--security-opt <strings>', 'Security options'),
    shmSize: value('--shm-size <bytes>', 'Size of /dev/shm', parseSize),
    tag: list('-t, --tag <list>', "Name and optionally a tag in the 'name:tag' format"),
    target: text('--target <string>', 'Set the target build stage to build'),
    ulimit: each('--ulimit <ulimit>', 'Ulimit options', parseUlimit),
  },
  async run(context, [source = ''], flags) {
    const isRemote = /^(https?|git):\/\/|^git@|^github\.com\//.test(source);
    const { archive, dockerfile } = isRemote
      ? { archive: Readable.from([]), dockerfile: flags.file || 'Dockerfile' }
      : await contextOf(context, source, flags.file);
    // One of an earlier build must not be taken for this one's.
    if (flags.iidfile !== '') await rm(flags.iidfile, { force: true });
    const lines = context.client.images.build(archive, {
      t: flags.tag,
      remote: isRemote ? source : '',
      dockerfile,
      buildargs: JSON.stringify(pairsOf(flags.buildArg, (name) => process.env[name] ?? null)),
      labels: JSON.stringify(pairsOf(flags.label, () => '')),
      cachefrom: JSON.stringify(flags.cacheFrom),
      extrahosts: flags.addHost.join(','),
      ulimits: JSON.stringify(flags.ulimit),
      cgroupparent: flags.cgroupParent,
      cpuperiod: flags.cpuPeriod,
      cpuquota: flags.cpuQuota,
      cpushares: flags.cpuShares,
      cpusetcpus: flags.cpusetCpus,
      cpusetmems: flags.cpusetMems,
      securityopt: JSON.stringify(flags.securityOpt),
      rm: flags.rm ? '1' : '0',
      forcerm: flags.forceRm,
      memory: flags.memory,
      memswap: flags.memorySwap,
      shmsize: flags.shmSize,
      networkmode: flags.network,
      nocache: flags.noCache,
      platform: flags.platform,
      pull: flags.pull,
      q: flags.quiet,
      target: flags.target,
    });
    let id = '';
    for await (const { stream, status, error, errorDetail, aux } of lines) {
      if (errorDetail !== undefined || error !== undefined) {
        context.stdio.stderr.write(`${errorDetail?.message ?? error}\n`);
        return errorDetail?.code ?? 1;
      }
      if (aux !== undefined && 'ID' in aux) id = String(aux.ID);
      if (stream !== undefined) await context.out(stream);
      else if (status !== undefined) await context.out(`${status}\n`);
    }
    if (flags.iidfile !== '') await writeFile(flags.iidfile, id);
    return 0;
  },
});

/** A folder; or from standard input a Dockerfile or an archive. */
async function contextOf({ stdio }: Context, source: string, file: string): Promise<Sent> {
  if (source !== '-') return packContext(source, file);
  const given = await buffer(stdio.stdin);
  // The magic of ustar, or that of a compressed archive: no Dockerfile begins so.
  const isArchive =
    given.toString('latin1', 257, 262) === 'ustar' ||
    ([0x1f, 0x42, 0xfd, 0x28].includes(given[0] ?? 0) && given.includes(0));
  if (!isArchive) return packDockerfile(given);
  return { archive: Readable.from([given], { objectMode: false }), dockerfile: file || 'Dockerfile' };
}

/** "K=V"; what "K" alone means is up to `missing`. */
function pairsOf<T>(given: readonly string[], missing: (name: string) => T): Record<string, string | T> {
  return Object.fromEntries(
    given.map((one) => {
      const equals = one.indexOf('=');
      return equals < 0 ? [one, missing(one)] : [one.slice(0, equals), one.slice(equals + 1)];
    }),
  );
}
