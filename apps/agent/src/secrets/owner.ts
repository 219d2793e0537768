import { AgentError } from '../agent-error.js';
import { describeTarget } from './secret-target.js';

import type { SecretTarget } from './secret-target.js';

/** Who a file belongs to, in the host's numbers. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** The files of a container's image that name its users; undefined where it has none. */
export interface UserFiles {
  readonly passwd: () => Promise<string | undefined>;
  readonly group: () => Promise<string | undefined>;
}

const NUMBER = /^\d{1,10}$/;

/**
 * The numbers of `user` or `user:group` for a file. Names are those of the image; a user by number alone has the group that the image
 * gives it, else group 0, as with Docker's own `--user`.
 *
 * @throws AgentError `AGENT_SECRET_OWNER_UNKNOWN`, naming pod, container, path and user.
 */
export async function resolveOwner(text: string, files: UserFiles, target: SecretTarget): Promise<Owner> {
  const [user = '', group] = text.split(':', 2);
  const isKnown = NUMBER.test(user) && group !== undefined && NUMBER.test(group);
  if (isKnown) return { uid: Number(user), gid: Number(group) };
  const row = rowOf(await files.passwd(), user, 2);
  const uid = NUMBER.test(user) ? Number(user) : numberIn(row, 2);
  if (uid === undefined) throw unknown('user', user, target);
  if (group === undefined || group === '') return { uid, gid: numberIn(row, 3) ?? 0 };
  const gid = NUMBER.test(group) ? Number(group) : numberIn(rowOf(await files.group(), group, 2), 2);
  if (gid === undefined) throw unknown('group', group, target);
  return { uid, gid };
}

/** The line of passwd(5) or group(5) for a name, or for a number in the column. */
function rowOf(text: string | undefined, wanted: string, column: number): readonly string[] | undefined {
  const rows = (text ?? '').split('\n').map((line) => line.split(':'));
  const byName = rows.find(([name]) => name === wanted);
  return byName ?? (NUMBER.test(wanted) ? rows.find((row) => row[column] === wanted) : undefined);
}

function numberIn(row: readonly string[] | undefined, column: number): number | undefined {
  const text = row?.[column];
  return text !== undefined && NUMBER.test(text) ? Number(text) : undefined;
}

function unknown(what: 'user' | 'group', name: string, target: SecretTarget): AgentError {
  const message = `The image has no ${what} "${name}", which is to own ${describeTarget(target)}. Give its number, or correct the owner.`;
  return new AgentError('AGENT_SECRET_OWNER_UNKNOWN', message, { retryable: true });
}
