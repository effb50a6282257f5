import type { Log } from '../../base/index.ts';
import type { PluginFolders } from './discovery.ts';
import { Plugin } from './plugin.ts';

/** The plugins of one engine, by name. None is contacted before it is called. */
export class Plugins {
  readonly #folders: PluginFolders;
  readonly #log: Log;
  readonly #plugins = new Map<string, Plugin>();

  constructor(folders: PluginFolders, log: Log) {
    this.#folders = folders;
    this.#log = log;
  }

  /** Whether or not there is such a plugin: calls tell. */
  named(name: string): Plugin {
    let plugin = this.#plugins.get(name);
    if (plugin === undefined) {
      plugin = new Plugin(name, this.#folders, this.#log);
      this.#plugins.set(name, plugin);
    }
    return plugin;
  }
}
