import { AppError } from '../../base/index.ts';
import type { HostConfig } from '../../contract/index.ts';
import { linearPattern } from './log-pattern.ts';
import { checkLogTag } from './log-tag.ts';

/** How much of a log is kept: bytes of one file, and how many files. 0 bytes: all of it. */
export type LogLimits = { readonly maxBytes: number; readonly files: number; readonly compress: boolean };
type LogConfig = HostConfig['LogConfig'];

const everyDriver = ['mode', 'max-buffer-size'];
const known: Readonly<Record<string, readonly string[]>> = {
  'json-file': [
    'max-size',
    'max-file',
    'compress',
    'labels',
    'labels-regex',
    'env',
    'env-regex',
    'tag',
    ...everyDriver,
  ],
  local: ['max-size', 'max-file', 'compress', ...everyDriver],
};

const refuse = (message: string): never => {
  throw new AppError('invalid', message);
};
const refuseDriver = (why: string): never => refuse(`failed to initialize logging driver: ${why}`);

/** `--log-driver` and `--log-opt`. Throws invalid with Docker's texts. */
export function checkLogging({ Type, Config }: LogConfig): void {
  if (Type === 'none') return;
  const options = known[Type] ?? refuse(`error looking up logging plugin ${Type}: plugin "${Type}" not found`);
  const stranger = Object.keys(Config).find((option) => !options.includes(option));
  if (stranger !== undefined) refuse(`unknown log opt '${stranger}' for ${Type} log driver`);
  const mode = Config['mode'] ?? '';
  if (!['', 'blocking', 'non-blocking'].includes(mode)) refuse(`logger: logging mode not supported: ${mode}`);
  const buffer = Config['max-buffer-size'];
  if (buffer !== undefined && mode !== 'non-blocking')
    refuse("logger: max-buffer-size option is only supported with 'mode=non-blocking'");
  if (buffer !== undefined && bytesOf(buffer) === undefined)
    refuse(`error parsing option max-buffer-size: invalid size: '${buffer}'`);
  for (const option of ['labels-regex', 'env-regex']) linearPattern(Config[option] ?? '');
  checkLogTag(Config['tag'] ?? '');
  const { compress, maxBytes, files } = logLimits({ Type, Config });
  if (Config['compress'] !== undefined && compress && (maxBytes === 0 || files < 2))
    refuseDriver('compress cannot be true when max-file is less than 2 or max-size is not set');
}

/** Options that the engine has for its default driver count for containers of that driver that do not say otherwise. */
export function withLogging(host: HostConfig, preset: LogConfig): HostConfig {
  const { LogConfig } = host;
  const Type = LogConfig.Type || preset.Type;
  const Config = Type === preset.Type ? { ...preset.Config, ...LogConfig.Config } : LogConfig.Config;
  return { ...host, LogConfig: { Type, Config } };
}

/** What Docker keeps of a log whose size was not asked for, and whether it compresses what is full. */
const presets: Readonly<Record<string, { readonly size?: string; readonly files: string; readonly compress: string }>> =
  {
    local: { size: '20m', files: '5', compress: 'true' },
  };

export function logLimits({ Type, Config }: LogConfig): LogLimits {
  const preset = presets[Type] ?? { files: '1', compress: 'false' };
  const files = Config['max-file'] ?? preset.files;
  if (!/^\d{1,6}$/.test(files)) refuseDriver(`strconv.Atoi: parsing "${files}": invalid syntax`);
  if (files === '0') refuseDriver('max-file cannot be less than 1');
  const size = Config['max-size'] ?? preset.size;
  const maxBytes = size === undefined || size === '-1' ? 0 : (bytesOf(size) ?? refuseDriver(`invalid size: '${size}'`));
  if (size !== undefined && size !== '-1' && maxBytes === 0) refuseDriver('max-size must be a positive number');
  return { maxBytes, files: Number(files), compress: booleanOf(Config['compress'] ?? preset.compress) };
}

/** As Go reads one. */
function booleanOf(text: string): boolean {
  const yes = /^(1|t|T|TRUE|true|True)$/.test(text);
  if (!yes && !/^(0|f|F|FALSE|false|False)$/.test(text))
    refuseDriver(`strconv.ParseBool: parsing "${text}": invalid syntax`);
  return yes;
}

const unitBytes: Readonly<Record<string, number>> = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40, p: 2 ** 50 };

/** "10m", "512k", "1.5GiB": powers of 1024, as Docker reads sizes of memory; undefined for what is none. */
function bytesOf(size: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?) ?([kmgtp])?i?b?$/i.exec(size);
  return match === null ? undefined : Math.floor(Number(match[1]) * (unitBytes[match[2]?.toLowerCase() ?? ''] ?? 1));
}
