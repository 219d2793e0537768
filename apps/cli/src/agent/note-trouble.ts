import type { Context } from '../context.js';
import { stateDirOf, troubleOf } from './agent-socket.js';

/**
 * An agent whose token Consul refuses cannot say so in Consul: to everybody else its host is just absent. On the host itself
 * its socket tells.
 */
export async function noteTrouble({ io, output }: Pick<Context, 'io' | 'output'>): Promise<void> {
  if (output.json) return;
  const trouble = await troubleOf(stateDirOf(io.env, undefined), io.signal);
  if (trouble === undefined) return;
  const { since, message } = trouble.consulToken;
  await output.note(`the agent of this host, ${trouble.host}, cannot use Consul since ${since}: ${message}`);
}
