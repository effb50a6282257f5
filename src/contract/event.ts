/** One line of `GET /events`. */
export type EventMessage = {
  readonly Type: 'container' | 'network' | 'volume' | 'image' | 'daemon' | 'plugin' | 'builder';
  /** "start", "exec_create: sh", "health_status: healthy". */
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> };
  readonly scope: 'local';
  /** Seconds since 1970. */
  readonly time: number;
  /** Nanoseconds since 1970: rounded, as JSON numbers are for most readers. */
  readonly timeNano: number;
  /** Containers only: action, id and image once more, as clients of old read them. */
  readonly status?: string;
  readonly id?: string;
  readonly from?: string;
};
