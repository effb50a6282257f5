import { AppError } from '../../base/index.ts';
import type { ContainerRecord } from '../container/record.ts';

export type Tagged = Pick<ContainerRecord, 'id' | 'name' | 'imageId' | 'config' | 'args'>;

/** What a tag may name, in Docker's words. */
const fields: Readonly<Record<string, (container: Tagged) => string>> = {
  ID: ({ id }) => id.slice(0, 12),
  FullID: ({ id }) => id,
  Name: ({ name }) => name,
  // Docker cuts it with its "sha256:".
  ImageID: ({ imageId }) => imageId.slice(0, 12),
  ImageFullID: ({ imageId }) => imageId,
  ImageName: ({ config }) => config.Image,
  Command: ({ args }) => args.join(' '),
  DaemonName: () => 'docker',
};

const action = /\{\{-?\s*(.*?)\s*-?\}\}/g;
const fieldOf = (text: string) =>
  text.startsWith('.') && Object.hasOwn(fields, text.slice(1)) ? fields[text.slice(1)] : undefined;

/** Throws `invalid` for a template of which more is asked than fields. */
export function checkLogTag(template: string): void {
  const strangers = [...template.matchAll(action)].filter(([, text]) => fieldOf(text!) === undefined);
  const rest = template.replace(action, '');
  if (strangers.length === 0 && !rest.includes('{{')) return;
  const what = strangers[0]?.[0] ?? rest.slice(rest.indexOf('{{'));
  const names = Object.keys(fields).map((name) => `{{.${name}}}`);
  throw new AppError(
    'invalid',
    `failed to initialize logging driver: log tag ${JSON.stringify(template)}: ${what} is not known here: use ${names.join(', ')}`,
  );
}

/** `--log-opt tag=…` with its fields filled in. */
export const logTag = (template: string, container: Tagged): string =>
  template.replace(action, (_whole, text: string) => fieldOf(text)?.(container) ?? '');
