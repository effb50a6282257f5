/** The word among `known` that a mistaken one is most like; undefined when none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((candidate) => ({ candidate, distance: editDistance(word, candidate) }))
    .sort((a, b) => a.distance - b.distance);
  return best !== undefined && isNear(best.distance, word, best.candidate) ? best.candidate : undefined;
}

/** Two slips, in long words one for three letters; of a short one less than half is wrong. */
function isNear(distance: number, word: string, candidate: string): boolean {
  const length = Math.max(word.length, candidate.length);
  return distance <= Math.max(2, length / 3) && distance < length / 2;
}

/** How many characters are to be put in, taken out or changed (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row.at(-1)!;
}
