import type { Scene } from '../scene.ts';
import type { Step } from '../step.ts';

const page = 'Hello from a container';
const server = `mkdir -p /www && echo ${page} > /www/index.html && exec httpd -f -p 80 -h /www`;

/** Study notes 1.7 (6) i. */
export const publishRandom: Step = {
  title: 'Publish port 80 on a port that the engine chooses',
  why: [
    "The container's address is known on this host only; a published port is reached at the host's own addresses.",
    'The kernel rewrites the destination (NAT); the map holds one element a port, and no process copies the data.',
  ],
  async play(scene) {
    await scene.run('web1', '-itd', '--name', scene.name('web1'), '-p', '80', scene.image, 'sh', '-c', server);
    const { output } = await scene.portolan('port', scene.name('web1'), '80');
    const port = Number(/:(\d+)\s*$/m.exec(output)?.[1]);
    await scene.say.check(port > 30000, `the engine chose ${port}, above 30000`);
    await fetchPage(scene, port);
    await showTranslation(scene, port);
  },
};

/** Study notes 1.7 (6) ii. */
export const publishChosen: Step = {
  title: 'Publish port 80 on a port of our choice',
  why: [
    '-p 8080:80 names the port of the host first and the port in the container second.',
    'A port of the host has one owner only, so the engine holds it and refuses a second container.',
  ],
  async play(scene) {
    for (let port = 8080; port < 8100; port++) {
      const name = scene.name('web2');
      const done = await scene.tryRun(
        'web2',
        '-itd',
        '--name',
        name,
        '-p',
        `${port}:80`,
        scene.image,
        'sh',
        '-c',
        server,
      );
      if (done.code === 0) return fetchPage(scene, port);
      if (!/already allocated|already in use|is taken/i.test(done.output)) throw new Error(done.output.trim());
      await scene.say.note(`Port ${port} of this host is taken: trying ${port + 1}.`);
      await scene.context.client.containers.remove(name, { force: true, v: true, link: false });
    }
    throw new Error('every port from 8080 to 8099 is taken');
  },
};

/** Fetches the page with the first of the host's tools that is there. */
async function fetchPage(scene: Scene, port: number): Promise<void> {
  const url = `http://127.0.0.1:${port}/`;
  const tool = await fetcher(scene);
  const answers = async (): Promise<boolean> => (await scene.host.run([...tool, url])).output.includes(page);
  await scene.eventually(answers);
  const { output } = await scene.tool(...tool, url);
  await scene.say.check(output.includes(page), `the page came through port ${port} of the host`);
}

async function fetcher(scene: Scene): Promise<readonly string[]> {
  const tools = [
    ['curl', '-s', '--noproxy', '*', '-m', '3'],
    ['wget', '-q', '--no-proxy', '-T', '3', '-O', '-'],
    ['busybox', 'wget', '-q', '-T', '3', '-O', '-'],
  ];
  for (const tool of tools) {
    if ((await scene.host.run([...tool.slice(0, tool[0] === 'busybox' ? 2 : 1), '--help'])).code !== 127) return tool;
  }
  throw new Error('neither curl nor wget is installed:  sudo apt-get install curl');
}

/** The element of the translation map that carries the port. */
async function showTranslation(scene: Scene, port: number): Promise<void> {
  const target = `${await scene.address('web1', 'bridge')} . 80`;
  const { output } = await scene.host.run(['nft', 'list', 'maps', 'inet']);
  const found = mapWith(output.split('\n'), target);
  await scene.say.check(found !== undefined, `a map of the engine translates to ${target.replace(' . ', ', port ')}`);
  const { table, map } = found!;
  const lines = await scene.toolLines(new RegExp(`map|\\b${port}\\b`), 'nft', 'list', 'map', 'inet', table, map);
  await scene.say.check(lines.includes(target), `its element says: ${port} of the host is port 80 of the container`);
}

/** In which table and map of a listing an element stands. */
function mapWith(
  lines: readonly string[],
  element: string,
): { readonly table: string; readonly map: string } | undefined {
  const at = lines.findIndex((line) => line.includes(element));
  const above = lines.slice(0, Math.max(0, at)).reverse();
  const nameAfter = (word: RegExp): string | undefined =>
    above.map((line) => word.exec(line)?.[1]).find((name) => name !== undefined);
  const [table, map] = [nameAfter(/^table inet (\S+)/), nameAfter(/^\s*map (\S+)/)];
  return table === undefined || map === undefined ? undefined : { table, map };
}
