import { catalog, daemon, findCommand, groups } from '../catalog.ts';
import type { Context } from '../context.ts';
import type { OperandKind } from '../parse/command.ts';
import { spellingOf } from '../parse/normalize.ts';

/** What the last word could become, given all the words after the program's name. Nothing when the engine is away. */
export async function candidates(context: Context, words: readonly string[]): Promise<readonly string[]> {
  const current = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const found = findCommand(before);
  const all = found === undefined ? commandNames(before) : await forCommand(context, before, current);
  return all.filter((one) => one.startsWith(current)).sort();
}

function commandNames([group, ...more]: readonly string[]): readonly string[] {
  const names = catalog.map((entry) => entry.names[0]!);
  if (group === undefined) {
    return [...names.filter((name) => !name.includes(' ')), ...Object.keys(groups), daemon.name];
  }
  if (more.length > 0) return [];
  return catalog
    .flatMap((entry) => entry.names)
    .filter((name) => name.startsWith(`${group} `))
    .map((name) => name.slice(group.length + 1));
}

async function forCommand(context: Context, before: readonly string[], current: string): Promise<readonly string[]> {
  const { entry, length } = findCommand(before)!;
  const command = await entry.load();
  const spellings = Object.values(command.flags).map(spellingOf);
  const previous = before.at(-1) ?? '';
  const valued = spellings.find(
    ({ short, long, takesValue }) => takesValue && (short === previous || long === previous),
  );
  if (valued !== undefined) return valued.kind === 'network' ? namesOf(context, 'networks') : [];
  if (current.startsWith('-')) return [...spellings.map(({ long }) => long), '--help'];
  const operands = before.slice(length).filter((word) => !word.startsWith('-')).length;
  const kinds = command.complete ?? [];
  const kind = kinds[Math.min(operands, kinds.length - 1)];
  return kind === undefined ? [] : namesOf(context, kind);
}

async function namesOf({ client }: Context, kind: OperandKind): Promise<readonly string[]> {
  switch (kind) {
    case 'containers':
    case 'running': {
      const found = await client.containers.list({ all: kind === 'containers' });
      return found.flatMap(({ Names }) => Names.map((name) => name.replace(/^\//, '')));
    }
    case 'images': {
      const found = await client.images.list({});
      return found.flatMap(({ RepoTags }) => RepoTags ?? []).filter((name) => !name.startsWith('<none>'));
    }
    case 'networks':
      return (await client.networks.list()).map(({ Name }) => Name);
    case 'volumes':
      return (await client.volumes.list()).map(({ Name }) => Name);
    case 'shells':
      return ['bash', 'fish', 'zsh'];
    case 'files':
      return [];
  }
}
