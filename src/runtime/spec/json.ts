/** RLIM_INFINITY, <linux/resource.h>: an uint64 that is no number of this language, which reads it as 2 to the 64th. */
const rlimInfinity = '18446744073709551615';
const asRead = 2 ** 64;

/** JSON.rawJSON of ECMAScript: Node has it, the compiler's library not yet. */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

/** The text of a spec or a process: infinite limits as the kernel writes them. */
export const specJson = (value: object): string =>
  JSON.stringify(value, (_, field: unknown) => (field === Number.POSITIVE_INFINITY ? rawJSON(rlimInfinity) : field));

/** Reads what `specJson` wrote. */
export const parseSpecJson = (text: string): unknown =>
  JSON.parse(text, (_, field: unknown) => (field === asRead ? Number.POSITIVE_INFINITY : field));
