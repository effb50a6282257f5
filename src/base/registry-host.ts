/**
 * Whether the first part of an image's name is a registry's host, and not a folder of Docker Hub's: by a dot, a port, the name
 * "localhost", or a capital letter, which no folder has.
 */
export const isRegistryHost = (first: string): boolean =>
  /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase();
