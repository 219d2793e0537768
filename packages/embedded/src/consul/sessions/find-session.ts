import type { Session } from '../state/records.js';
import type { StateReader } from '../state/table-set.js';
import { Fault } from '../wire/fault.js';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The session with this id, if it lives. Throws Consul's error for an id that is no UUID. */
export function findSession(state: StateReader, id: string): Session | undefined {
  if (id.length !== 36)
    throw new Fault(500, 'failed session lookup: index error: UUID must be 36 characters');
  if (!UUID.test(id))
    throw new Fault(500, `failed session lookup: index error: Invalid UUID ${JSON.stringify(id)}`);
  return state.get('sessions', id.toLowerCase());
}
