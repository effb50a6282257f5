/**
 * A request body without what means nothing: in the engine's API null, missing, zero, false and empty are the same for a
 * field (an upper-case key). Keys of maps (labels, ports, networks) are data and stay.
 */
export function meaning(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(meaning);
  if (typeof value !== 'object' || value === null) return value;
  const kept: [string, unknown][] = [];
  for (const [key, raw] of Object.entries(value)) {
    const inner = meaning(raw);
    if (!/^[A-Z]/.test(key) || !isEmpty(inner)) kept.push([key, inner]);
  }
  return Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isEmpty(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return value === null || value === undefined || value === '' || value === 0 || value === false;
}
