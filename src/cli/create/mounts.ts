import { resolve } from 'node:path';
import type { Requested } from '../../client/index.ts';
import type { MountRequest } from '../../contract/index.ts';
import { InvalidValue } from '../values/invalid.ts';
import { parseSize } from '../values/size.ts';
import { csvFields, parseFlag } from './fields.ts';
import { splitPair } from './lists.ts';

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
type Bind = Mutable<Requested<NonNullable<MountRequest['BindOptions']>>>;
type Volume = {
  NoCopy?: boolean;
  Labels?: Record<string, string>;
  Subpath?: string;
  DriverConfig?: { Name?: string; Options?: Record<string, string> };
};
type Tmpfs = { SizeBytes?: number; Mode?: number };
type Draft = {
  Type: string;
  Source?: string;
  Target?: string;
  ReadOnly?: boolean;
  Consistency?: string;
  BindOptions?: Bind;
  VolumeOptions?: Volume;
  TmpfsOptions?: Tmpfs;
  ImageOptions?: { Subpath: string };
};

/** --mount: "type=bind,src=/a,dst=/b,readonly". A volume unless it says otherwise. Throws InvalidValue. */
export function parseMount(text: string): Requested<MountRequest> {
  const draft: Draft = { Type: 'volume' };
  for (const [key, value] of csvFields(text)) {
    const set = setters[key];
    if (set === undefined) throw new InvalidValue(unknownField(key, value));
    if (value === undefined && !switches.includes(key))
      throw new InvalidValue(`invalid field '${key}' must be a key=value pair`);
    set(draft, value ?? '', value);
  }
  if (draft.Target === undefined) throw new InvalidValue('target is required');
  checkOptions(draft);
  return draft;
}

const switches: readonly string[] = ['readonly', 'ro', 'volume-nocopy', 'bind-nonrecursive'];

const unknownField = (key: string, value: string | undefined): string =>
  value === undefined
    ? `invalid field '${key}' must be a key=value pair`
    : `unexpected key '${key}' in '${key}=${value}'`;

type Setter = (draft: Draft, value: string, given: string | undefined) => void;

const source: Setter = (draft, value) => {
  draft.Source = /^\.\.?(\/|$)/.test(value) ? resolve(value) : value;
};
const target: Setter = (draft, value) => {
  draft.Target = value;
};
const readOnly: Setter = (draft, _value, given) => {
  draft.ReadOnly = parseFlag('readonly', given);
};

const setters: Readonly<Record<string, Setter>> = {
  type: (draft, value) => {
    draft.Type = value.toLowerCase();
  },
  source,
  src: source,
  target,
  destination: target,
  dst: target,
  readonly: readOnly,
  ro: readOnly,
  consistency: (draft, value) => {
    draft.Consistency = value.toLowerCase();
  },
  'bind-propagation': (draft, value) => {
    bind(draft).Propagation = value.toLowerCase();
  },
  'bind-nonrecursive': (draft, _value, given) => {
    bind(draft).NonRecursive = parseFlag('bind-nonrecursive', given);
  },
  'bind-recursive': (draft, value) => setRecursion(bind(draft), value),
  'volume-nocopy': (draft, _value, given) => {
    volume(draft).NoCopy = parseFlag('volume-nocopy', given);
  },
  'volume-subpath': (draft, value) => {
    volume(draft).Subpath = value;
  },
  'image-subpath': (draft, value) => {
    draft.ImageOptions = { Subpath: value };
  },
  'volume-label': (draft, value) => {
    const [key, text] = splitPair(value);
    volume(draft).Labels = { ...volume(draft).Labels, [key]: text };
  },
  'volume-driver': (draft, value) => {
    volume(draft).DriverConfig = { ...volume(draft).DriverConfig, Name: value };
  },
  'volume-opt': (draft, value) => {
    const config = volume(draft).DriverConfig;
    const [key, text] = splitPair(value);
    volume(draft).DriverConfig = { ...config, Options: { ...config?.Options, [key]: text } };
  },
  'tmpfs-size': (draft, value) => {
    tmpfs(draft).SizeBytes = parseSize(value);
  },
  'tmpfs-mode': (draft, value) => {
    if (!/^[0-7]+$/.test(value)) throw new InvalidValue(`invalid value for tmpfs-mode: ${value}`);
    tmpfs(draft).Mode = Number.parseInt(value, 8);
  },
};

function setRecursion(options: Bind, value: string): void {
  if (value === 'disabled') options.NonRecursive = true;
  else if (value === 'writable') options.ReadOnlyNonRecursive = true;
  else if (value === 'readonly') options.ReadOnlyForceRecursive = true;
  else if (value !== 'enabled') {
    throw new InvalidValue(
      `invalid value for bind-recursive: ${value} (must be "enabled", "disabled", "writable", or "readonly")`,
    );
  }
}

function bind(draft: Draft): Bind {
  draft.BindOptions ??= {};
  return draft.BindOptions;
}
function volume(draft: Draft): Volume {
  draft.VolumeOptions ??= {};
  return draft.VolumeOptions;
}
function tmpfs(draft: Draft): Tmpfs {
  draft.TmpfsOptions ??= {};
  return draft.TmpfsOptions;
}

/** Options of one type of mount do not go with another. */
function checkOptions(draft: Draft): void {
  const owners = [
    ['bind', draft.BindOptions],
    ['volume', draft.VolumeOptions],
    ['tmpfs', draft.TmpfsOptions],
    ['image', draft.ImageOptions],
  ] as const;
  for (const [type, options] of owners) {
    if (options !== undefined && draft.Type !== type) {
      throw new InvalidValue(`cannot mix '${type}-*' options with mount type '${draft.Type}'`);
    }
  }
}
