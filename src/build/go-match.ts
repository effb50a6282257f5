import { AppError } from '../base/index.ts';

/** Whether a path fits a pattern of Go's path/filepath.Match: "*" and "?" stop at slashes, "[a-z]", "[^a]", "\". */
export function goMatch(pattern: string): (path: string) => boolean {
  const compiled = new RegExp(`^${source(pattern)}$`, 's');
  return (path) => compiled.test(path);
}

export const hasWildcard = (text: string): boolean => /[*?[\\]/.test(text);

function source(pattern: string): string {
  let out = '';
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at]!;
    if (char === '*') out += '[^/]*';
    else if (char === '?') out += '[^/]';
    else if (char === '[') {
      const [, not = '', set = ''] = /^\[(\^?)((?:\\.|[^\]\\])+)\]/s.exec(pattern.slice(at)) ?? [];
      if (set === '') throw new AppError('invalid', `syntax error in pattern: ${pattern}`);
      out += `[${not}${set.replace(/\\(.)|([[&|~])/gs, (_, escaped, odd) => `\\${escaped ?? odd}`)}]`;
      at += not.length + set.length + 1;
    } else if (char === '\\') {
      at++;
      if (at === pattern.length) throw new AppError('invalid', `syntax error in pattern: ${pattern}`);
      out += literal(pattern[at]!);
    } else out += literal(char);
  }
  return out;
}

const literal = (char: string): string => char.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
