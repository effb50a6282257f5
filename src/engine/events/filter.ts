import type { EventMessage, Filters } from '../../contract/index.ts';

type Test = (event: EventMessage, wanted: string) => boolean;
const attribute = (event: EventMessage, name: string): string | undefined => event.Actor.Attributes[name];
const isObject =
  (type: string): Test =>
  (event, wanted) =>
    (event.Type === type && (event.Actor.ID.startsWith(wanted) || attribute(event, 'name') === wanted)) ||
    (event.Type !== type && attribute(event, type) === wanted);

const tests: Readonly<Record<string, Test>> = {
  type: (event, wanted) => event.Type === wanted,
  scope: (event, wanted) => event.scope === wanted,
  // "exec_create: ls" is also found as "exec_create"
  event: (event, wanted) => event.Action === wanted || event.Action.split(':', 1)[0] === wanted,
  container: isObject('container'),
  network: isObject('network'),
  volume: isObject('volume'),
  image: (event, wanted) =>
    event.Type === 'image'
      ? event.Actor.ID === wanted ||
        attribute(event, 'name') === wanted ||
        attribute(event, 'name')?.split(':')[0] === wanted
      : attribute(event, 'image') === wanted || attribute(event, 'image')?.split(':')[0] === wanted,
  label: (event, wanted) => {
    const [key = '', ...rest] = wanted.split('=');
    const found = attribute(event, key);
    return found !== undefined && (rest.length === 0 || found === rest.join('='));
  },
  daemon: (event, wanted) => event.Type === 'daemon' && attribute(event, 'name') === wanted,
};

/** Values of one key are alternatives, labels must all hold; keys must all hold. Docker asks nothing of keys that it does not know. */
export function matcher(filters: Filters): (event: EventMessage) => boolean {
  const rules = Object.entries(filters).flatMap(([key, values]) => {
    const test = Object.hasOwn(tests, key) ? tests[key] : undefined;
    return test === undefined ? [] : [{ key, values, test }];
  });
  return (event) =>
    rules.every(({ key, values, test }) => {
      const holds = (value: string): boolean => test(event, value);
      return key === 'label' ? values.every(holds) : values.some(holds);
    });
}
