import { createRequire } from 'node:module';
import type dockerignore from '@balena/dockerignore';

/** Loaded when it is used. Its types say that it is a module with a default; it is a function. */
const parser = (): typeof dockerignore.default => createRequire(import.meta.url)('@balena/dockerignore');

/** Whether .dockerignore leaves a path out: Go's patterns with "**" and exceptions ("!"). Paths are relative, with slashes. */
export function ignores(text: string): (path: string) => boolean {
  const rules = parser()({ ignorecase: false }).add(text);
  return (path) => path !== '' && rules.ignores(path);
}
