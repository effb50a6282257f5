import { setFlagsFromString } from 'node:v8';
import { AppError, messageOf } from '../../base/index.ts';

/**
 * A client's regular expression, matched in linear time as Docker's are: one that goes back and forth could hold the
 * event loop for hours. Throws `invalid` for one that is none, or that only such matching can do.
 */
export function linearPattern(text: string): RegExp {
  setFlagsFromString('--enable-experimental-regexp-engine'); // adds the flag l; expressions without it are as before
  try {
    return new RegExp(text, 'l');
  } catch (error) {
    const message = `failed to initialize logging driver: error parsing regexp: ${messageOf(error)}`;
    throw new AppError('invalid', message, { cause: error });
  }
}
