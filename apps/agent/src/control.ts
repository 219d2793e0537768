import { z } from 'zod';

import { codeOf, messageOf } from './agent-error.js';

import type { TokenTrouble } from './presence/token-watch.js';
import type { Agent } from './agent.js';

/** What the command line of the same host may ask of its agent, over the socket in the state directory. */
const REQUEST = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('trouble') }),
  z.object({ kind: z.literal('hold'), forMs: z.number().int().min(0).max(86_400_000) }),
]);

/** How it is answered. */
export type ControlAnswer =
  | { readonly ok: true; readonly host?: string; readonly consulToken?: TokenTrouble }
  | { readonly ok: false; readonly code: string; readonly message: string };

/** Does what is asked, or says why not. Never throws. */
export function answerControl(agent: Agent, request: unknown): ControlAnswer {
  const parsed = REQUEST.safeParse(request);
  if (!parsed.success) {
    return { ok: false, code: 'AGENT_REQUEST_UNKNOWN', message: 'This agent does not know that request.' };
  }
  try {
    if (parsed.data.kind === 'trouble') return { ok: true, ...agent.trouble() };
    agent.hold(parsed.data.forMs);
    return { ok: true };
  } catch (error: unknown) {
    return { ok: false, code: codeOf(error), message: messageOf(error) };
  }
}
