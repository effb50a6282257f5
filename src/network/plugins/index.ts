/** Plugins in processes of their own: where they are found, and how they are called. See README.md. */
export { commonFolders, findPlugin, type PluginFolders } from './discovery.ts';
export {
  brief,
  MissingMethod,
  type Patience,
  Plugin,
  type PluginKind,
  parseAnswer,
  patient,
  Unreachable,
} from './plugin.ts';
export { Plugins } from './plugins.ts';
