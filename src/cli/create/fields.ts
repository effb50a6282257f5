import { InvalidValue } from '../values/invalid.ts';

/**
 * The fields of "type=bind,src=/a,readonly": comma-separated values as in CSV, so a field with a comma in it can be quoted.
 * A word alone has no value. Keys are lower case.
 */
export function csvFields(text: string): readonly (readonly [key: string, value: string | undefined])[] {
  const fields = [...text.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)];
  if (fields.map((field) => field[0]).join('') !== text)
    throw new InvalidValue(`parse error: bare " in non-quoted field`);
  return fields.map(([, quoted, plain = '']) => {
    const field = quoted === undefined ? plain : quoted.replaceAll('""', '"');
    const equals = field.indexOf('=');
    return equals === -1
      ? [field.toLowerCase(), undefined]
      : [field.slice(0, equals).toLowerCase(), field.slice(equals + 1)];
  });
}

/** true, 1, false, 0; a word alone means true. */
export function parseFlag(key: string, text: string | undefined): boolean {
  if (text === undefined || /^(1|t|true)$/i.test(text)) return true;
  if (/^(0|f|false)$/i.test(text)) return false;
  throw new InvalidValue(`invalid value for ${key}: ${text}`);
}
