import { AppError } from '../../base/index.ts';
import type { HostConfig } from '../../contract/index.ts';

/** How much of a log is kept: bytes of one file, and how many files. 0 bytes: all of it. */
export type LogLimits = { readonly maxBytes: number; readonly files: number };
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
  if (Config['max-buffer-size'] !== undefined && mode !== 'non-blocking')
    refuse("logger: max-buffer-size option is only supported with 'mode=non-blocking'");
  const { maxBytes, files } = logLimits({ Type, Config });
  if (Config['compress'] === 'true' && (maxBytes === 0 || files < 2))
    refuseDriver('compress cannot be true when max-file is less than 2 or max-size is not set');
}

/** Options that the engine has for its default driver count for containers of that driver that do not say otherwise. */
export function withLogging(host: HostConfig, preset: LogConfig): HostConfig {
  const { LogConfig } = host;
  const Type = LogConfig.Type || preset.Type;
  const Config = Type === preset.Type ? { ...preset.Config, ...LogConfig.Config } : LogConfig.Config;
  return { ...host, LogConfig: { Type, Config } };
}

/** What Docker keeps of a log whose size was not asked for. */
const presets: Readonly<Record<string, { readonly size?: string; readonly files: string }>> = {
  local: { size: '20m', files: '5' },
};

export function logLimits({ Type, Config }: LogConfig): LogLimits {
  const preset = presets[Type] ?? { files: '1' };
  const files = Config['max-file'] ?? preset.files;
  if (!/^\d{1,6}$/.test(files)) refuseDriver(`strconv.Atoi: parsing "${files}": invalid syntax`);
  if (files === '0') refuseDriver('max-file cannot be less than 1');
  const size = Config['max-size'] ?? preset.size;
  return { maxBytes: size === undefined || size === '-1' ? 0 : bytesOf(size), files: Number(files) };
}

const unitBytes: Readonly<Record<string, number>> = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40, p: 2 ** 50 };

/** "10m", "512k", "1.5GiB": powers of 1024, as Docker reads sizes of memory. */
function bytesOf(size: string): number {
  const match = /^(\d+(?:\.\d+)?) ?([kmgtp])?i?b?$/i.exec(size);
  if (match === null) return refuseDriver(`invalid size: '${size}'`);
  const bytes = Math.floor(Number(match[1]) * (unitBytes[match[2]?.toLowerCase() ?? ''] ?? 1));
  return bytes > 0 ? bytes : refuseDriver('max-size must be a positive number');
}
