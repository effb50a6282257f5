import type { Scene } from './scene.ts';

/** One experiment: shows something, checks it, and says why it is so. Throws when it does not hold. */
export type Step = {
  readonly title: string;
  readonly why: readonly [string, string];
  play(scene: Scene): Promise<void>;
};

/** Thrown by a step that this machine cannot show, which is no failure: why it cannot. */
export class NotHere extends Error {
  override readonly name: string = 'NotHere';
}
