import { relative, resolve } from 'node:path';
import type { SourceFile } from 'typescript/unstable/ast';
import { createVirtualFileSystem } from 'typescript/unstable/fs';
import { API } from 'typescript/unstable/sync';

/** One TypeScript file: its path from the root of the repository, and its syntax tree. */
export type Source = { readonly path: string; readonly tree: SourceFile };

/** The files of a project, parsed by the compiler itself. Trees are readable until it is disposed. */
export class Project implements Disposable {
  readonly #api: API;
  readonly files: readonly Source[];

  private constructor(api: API, root: string) {
    this.#api = api;
    const [project] = api.updateSnapshot({ openProjects: [resolve(root, 'tsconfig.json')] }).getProjects();
    if (project === undefined) throw new Error(`no tsconfig.json in ${root}`);
    const names = project.program.getSourceFileNames().filter((name) => !name.includes('/node_modules/'));
    this.files = names.flatMap((name) => {
      const tree = name.endsWith('.ts') ? project.program.getSourceFile(name) : undefined;
      return tree === undefined ? [] : [{ path: relative(root, name), tree }];
    });
  }

  /** All that the tsconfig.json in `root` includes. */
  static open(root: string): Project {
    return new Project(new API({ cwd: root }), root);
  }

  /** A project that exists only in memory: path → text. For the tests of the rules. */
  static of(texts: Readonly<Record<string, string>>): Project {
    const config = JSON.stringify({ compilerOptions: { noLib: true, types: [] }, include: ['**/*.ts'] });
    const files = Object.fromEntries(Object.entries(texts).map(([path, text]) => [`/planted/${path}`, text]));
    const fs = createVirtualFileSystem({ '/planted/tsconfig.json': config, ...files });
    return new Project(new API({ cwd: '/planted', fs }), '/planted');
  }

  [Symbol.dispose](): void {
    this.#api.close();
  }
}
