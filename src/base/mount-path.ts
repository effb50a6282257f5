/** A path as lists of mounts write it, proc(5): blanks, tabs, newlines and backslashes are octal there ("\040"). */
export const unescapeMountPath = (path: string): string =>
  path.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
