import { AppError, messageOf } from '../base/index.ts';
import { checkOptions } from './device.ts';
import type { VolumeCreate } from './record.ts';

/** Of a folder, in bytes: NAME_MAX, <linux/limits.h>. */
const longestName = 255;

/** Throws with Docker's texts what no volume can be made of: `not-found` for a driver, `invalid` for the rest. */
export function checkVolume({ name, driver, options }: VolumeCreate): void {
  if (driver !== '' && driver !== 'local') {
    throw new AppError(
      'not-found',
      `create ${name === '' ? 'volume' : name}: error looking up volume plugin ${driver}: plugin "${driver}" not found`,
    );
  }
  if (name.length === 1) {
    const text = `create ${name}: volume name is too short, names should be at least two alphanumeric characters`;
    throw new AppError('invalid', text);
  }
  if (name.length > longestName) {
    throw new AppError(
      'invalid',
      `create ${name}: volume name is too long, names should be at most ${longestName} characters`,
    );
  }
  if (name !== '' && !/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name)) {
    throw new AppError(
      'invalid',
      `create ${name}: "${name}" includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path`,
    );
  }
  try {
    checkOptions(options);
  } catch (error) {
    throw new AppError('invalid', `create ${name}: ${messageOf(error)}`, { cause: error });
  }
}
