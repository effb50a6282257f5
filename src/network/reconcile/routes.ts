import { hasCode } from '../../base/index.ts';
import type { RouteConnection } from '../../netlink/connection.ts';
import { listRoutes, type Route } from '../../netlink/rt/route.ts';

/** The main table's routes. A namespace that never had one has no table either, and the kernel answers ENOENT. */
export function mainRoutes(conn: RouteConnection, only: Parameters<typeof listRoutes>[1]): readonly Route[] {
  try {
    return listRoutes(conn, only);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}
