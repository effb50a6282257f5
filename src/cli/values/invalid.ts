/** A value of an option that cannot be read. The command line's reader adds which option it was. */
export class InvalidValue extends Error {
  override readonly name: string = 'InvalidValue';
}
