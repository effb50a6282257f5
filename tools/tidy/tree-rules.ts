export type TextFile = { readonly path: string; readonly text: string };

/** Folders are named for ideas. */
const bannedFolders = new Set(['utils', 'util', 'helpers', 'common', 'misc', 'shared', 'lib']);
/** Bracketed, so that this file does not find itself. */
const restingPlace = /\b(TO[D]O|FI[X]ME)\b/;

/** What can be said of paths and texts alone. */
export function treeFindings(files: readonly TextFile[]): string[] {
  return [...files.flatMap((file) => [...nameFindings(file), ...textFindings(file)]), ...driverFindings(files)];
}

function nameFindings({ path }: TextFile): string[] {
  const parts = path.split('/').map((part) => part.replace(/\.(test\.)?ts$/, ''));
  const banned = parts.filter((part) => bannedFolders.has(part));
  return banned.map((part) => `${path}: "${part}" says nothing: name the idea`);
}

function textFindings({ path, text }: TextFile): string[] {
  if (path === 'LICENSE' || !restingPlace.test(text)) return [];
  return text
    .split('\n')
    .flatMap((line, i) => (restingPlace.test(line) ? [`${path}:${i + 1}: do it now, or open an issue`] : []));
}

/** Every network driver explains itself. */
function driverFindings(files: readonly TextFile[]): string[] {
  const paths = new Set(files.map(({ path }) => path));
  const folders = new Set([...paths].flatMap((path) => path.match(/^src\/network\/drivers\/[^/]+(?=\/)/)?.[0] ?? []));
  return [...folders].filter((folder) => !paths.has(`${folder}/README.md`)).map((folder) => `${folder}: no README.md`);
}
