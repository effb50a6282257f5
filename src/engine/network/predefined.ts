/** The networks that every engine has, and nobody removes. */
export const predefined: ReadonlySet<string> = new Set(['bridge', 'host', 'none']);
