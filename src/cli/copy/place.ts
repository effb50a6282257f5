import { posix } from 'node:path';

/** What a copy finds at its end: a path seen through links. */
export type Found = { readonly path: string; readonly exists: boolean; readonly isFolder: boolean };

/** What is copied, by the name that it has without being renamed; "." for what a folder holds. */
export type Source = { readonly base: string; readonly isFolder: boolean };

/** "CONTAINER:PATH"; a path that begins with "/" or "." is always one of the host. */
export function splitPlace(text: string): { readonly container: string; readonly path: string } {
  const colon = text.indexOf(':');
  if (text.startsWith('/') || text.startsWith('.') || colon < 0) return { container: '', path: text };
  return { container: text.slice(0, colon), path: text.slice(colon + 1) };
}

/** The last part of a path; "." when it says "what is in here". */
export const baseOf = (path: string): string => (meansContent(path) ? '.' : posix.basename(path) || '/');

/** "x/." and "." mean what a folder holds, not the folder. */
export const meansContent = (path: string): boolean => path === '.' || path.endsWith('/.');

/** "x/" and "x/." can only be folders. */
export const meansFolder = (path: string): boolean => meansContent(path) || path.endsWith('/');

/**
 * The folder to unpack in, and the name that the copy gets there. Into a folder that is there things go under their own
 * name, and otherwise under that of the destination.
 */
export function placeIn(source: Source, end: Found): { readonly folder: string; readonly name: string } {
  if (end.exists && end.isFolder) return { folder: end.path, name: source.base };
  if (end.exists && source.isFolder) throw new Error('cannot copy directory');
  if (!source.isFolder && meansFolder(end.path)) throw new Error('no such directory');
  return { folder: posix.dirname(end.path), name: posix.basename(end.path) };
}

/** A member's name after its first part became another. */
export function renamed(member: string, from: string, to: string): string {
  if (from === to) return member;
  if (from === '/') return posix.join(to, member);
  return member.replace(from, () => to);
}
