import { spawnSync } from 'node:child_process';

/** The shared libraries that a program is loaded with, its loader included; none for one that is linked as a whole. */
export function librariesOf(program: string): readonly string[] {
  const { stdout } = spawnSync('ldd', [program], { encoding: 'utf8' });
  return [...stdout.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map(([, path]) => path!);
}
