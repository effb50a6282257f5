import { AppError } from '../../base/index.ts';

/** What a request names and is not there makes it invalid: after a 404 docker would look for a missing image. */
export function asked<T>(find: () => T): T {
  try {
    return find();
  } catch (error) {
    if (error instanceof AppError && error.kind === 'not-found') throw new AppError('invalid', error.message);
    throw error;
  }
}
