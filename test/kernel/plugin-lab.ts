import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { NetworkLab } from '../lab/network-lab.ts';
import { PluginProcess } from '../lab/plugin-process.ts';

export type PluginLab = { readonly lab: NetworkLab; readonly plugin: PluginProcess };

/** A lab whose engine finds the plugin "plug". `forgets`: it has to be told again what it gave. */
export async function startPlugin(t: TestContext, { forgets = false } = {}): Promise<PluginLab> {
  const lab = await NetworkLab.open(t);
  const socket = join(lab.pluginDir, 'plug.sock');
  const plugin = await PluginProcess.start({ netnsPath: lab.netnsPath, socket, forgets });
  t.after(() => plugin[Symbol.asyncDispose]());
  await lab.restart();
  return { lab, plugin };
}
