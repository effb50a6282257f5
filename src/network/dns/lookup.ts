import { classIn, type Query, Type } from './message/query.ts';
import type { Answer } from './message/reply.ts';
import type { SandboxView } from './types.ts';
import type { Addresses, Zones } from './zones.ts';

/**
 * What our own zones say to a question: the answers, none for a name that is ours without having what was asked, or
 * undefined for a name that is not ours, which others may know.
 */
export function lookup(zones: Zones, view: SandboxView, query: Query): readonly Answer[] | undefined {
  if (query.class !== classIn) return undefined;
  const networks = view.networks();
  const pointer = query.type === Type.PTR ? zones.byAddress(query.name, networks) : undefined;
  if (pointer !== undefined) return [pointer];
  const target = view.aliases?.().get(query.name)?.toLowerCase() ?? query.name;
  const found = zones.byName(target, networks);
  return found.length === 0 ? undefined : shuffled(choose(found, query.type));
}

/** Of the first network that has the family: a container on two networks is named in both, reached through one. */
function choose(found: readonly Addresses[], type: number): readonly Answer[] {
  for (const { v4, v6 } of found) {
    const answers = type === Type.A ? v4 : type === Type.AAAA ? v6 : type === Type.ANY ? [...v4, ...v6] : [];
    if (answers.length > 0) return answers;
  }
  return [];
}

/** Clients take the first: a different one each time spreads the load. */
function shuffled(answers: readonly Answer[]): readonly Answer[] {
  if (answers.length < 2) return answers;
  const out = [...answers];
  for (let i = out.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [out[i], out[j]] = [out[j]!, out[i]!];
  }
  return out;
}
