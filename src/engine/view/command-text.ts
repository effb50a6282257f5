/** COMMAND of ps: arguments with blanks between quotes, as Docker writes them. */
export function commandText([program = '', ...args]: readonly string[]): string {
  return [program, ...args.map((arg) => (arg.includes(' ') ? `'${arg}'` : arg))].join(' ');
}
