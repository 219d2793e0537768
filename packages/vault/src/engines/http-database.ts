import { leaseOf } from '../leases/read-lease.js';
import type { Session } from '../session.js';
import { encodePath } from '../transport/path.js';
import { dataOf } from '../transport/read-answer.js';
import type { Database } from './database.js';

/** The database secrets engine over HTTP. */
export function createDatabase(session: Session): Database {
  return {
    credentials: async (role, options) => {
      const mount = encodePath(options?.mount ?? 'database', 'The mount of the database engine');
      const path = `${mount}/creds/${encodePath(role, 'The database role')}`;
      const doing = `getting credentials of the database role "${role}"`;
      const reply = await session.call({ doing, method: 'GET', path }, options);
      const data = dataOf(reply);
      return { username: data.string('username'), password: data.string('password'), lease: leaseOf(reply) };
    },
  };
}
