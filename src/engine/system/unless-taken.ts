import { AppError } from '../../base/index.ts';

/**
 * For prune, which removes what nobody used when it looked: whether it could be removed. Somebody may have taken it into
 * use, or removed it, meanwhile; that is no failure.
 */
export async function unlessTaken(removing: Promise<unknown>): Promise<boolean> {
  try {
    await removing;
    return true;
  } catch (error) {
    if (error instanceof AppError && ['conflict', 'forbidden', 'not-found'].includes(error.kind)) return false;
    throw error;
  }
}
