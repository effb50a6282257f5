import { AppError } from '../../../base/index.ts';

/** What is wrong with a request, in Docker's words where Docker has some. */
export function refuse(message: string): never {
  throw new AppError('invalid', message);
}
