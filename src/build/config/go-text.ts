/** How Go's fmt writes values: Docker's histories are full of it. */

/** %q of a list of texts. */
export const goQuoted = (texts: readonly string[]): string =>
  `[${texts.map((text) => JSON.stringify(text)).join(' ')}]`;

/** %v of a list of texts. */
export const goList = (texts: readonly string[]): string => `[${texts.join(' ')}]`;

/** A duration in nanoseconds: "1m30s", "500ms", "0s". */
export function goDuration(nanoseconds: number): string {
  if (nanoseconds < 1e9) return nanoseconds === 0 ? '0s' : `${nanoseconds / 1e6}ms`;
  const seconds = nanoseconds / 1e9;
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const rest = `${Number((seconds % 60).toFixed(9))}s`;
  if (hours > 0) return `${hours}h${minutes}m${rest}`;
  return minutes > 0 ? `${minutes}m${rest}` : rest;
}
