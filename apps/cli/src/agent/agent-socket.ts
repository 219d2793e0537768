import { createConnection } from 'node:net';
import type { Socket } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { CliError } from '../cli-error.js';

/** How long an agent may take to answer; it answers from memory. */
const TIMEOUT_MS = 10_000;

/** What is asked beside something else must not hold that up. */
const TROUBLE_TIMEOUT_MS = 500;

type Environment = Readonly<Record<string, string | undefined>>;

/** The folder of the agent's state: the option, else `RAFTAINER_STATE_DIR`, else the agent's own default. */
export function stateDirOf(env: Environment, option: string | undefined): string {
  if (option !== undefined) return option;
  const given = env.RAFTAINER_STATE_DIR;
  if (given !== undefined && given !== '') return given;
  if (process.getuid?.() === 0) return '/var/lib/raftainer';
  return join(env.XDG_STATE_HOME ?? join(homedir(), '.local', 'state'), 'raftainer');
}

/**
 * Asks the agent whose state is in a folder, over its socket. Throws `CLI_NO_AGENT` when none answers there, and
 * `CLI_AGENT_REFUSED` with the agent's words when it does not do it.
 */
export async function askAgent(stateDir: string, request: unknown, signal: AbortSignal): Promise<void> {
  const path = join(stateDir, 'agent.sock');
  const answer = await exchange({ path, request }, signal);
  if (isAnswer(answer) && answer.ok) return;
  const { code, message } = isAnswer(answer) ? answer : {};
  throw new CliError('CLI_AGENT_REFUSED', message ?? 'the agent gave an answer that makes no sense', {
    details: { reason: code },
  });
}

interface Answer {
  readonly ok: boolean;
  readonly code?: string;
  readonly message?: string;
}

function isAnswer(value: unknown): value is Answer {
  return typeof value === 'object' && value !== null && 'ok' in value && typeof value.ok === 'boolean';
}

/** What the agent itself says is wrong, which it could not tell through Consul; undefined when no agent says so. */
export async function troubleOf(stateDir: string, signal: AbortSignal): Promise<AgentTrouble | undefined> {
  try {
    const question = { path: join(stateDir, 'agent.sock'), request: { kind: 'trouble' } };
    const answer = await exchange({ ...question, timeoutMs: TROUBLE_TIMEOUT_MS }, signal);
    return isTrouble(answer) ? answer : undefined;
  } catch {
    // No agent here, or none that this user may ask: most machines are none.
    return undefined;
  }
}

/** The token of an agent is refused by Consul. */
export interface AgentTrouble {
  readonly host: string;
  readonly consulToken: { readonly since: string; readonly message: string };
}

function isTrouble(value: unknown): value is AgentTrouble {
  if (!isAnswer(value) || !value.ok || !('host' in value) || !('consulToken' in value)) return false;
  const { consulToken } = value;
  return typeof consulToken === 'object' && consulToken !== null && 'message' in consulToken;
}

interface Question {
  readonly path: string;
  readonly request: unknown;
  readonly timeoutMs?: number;
}

async function exchange(
  { path, request, timeoutMs = TIMEOUT_MS }: Question,
  signal: AbortSignal,
): Promise<unknown> {
  const socket = createConnection(path);
  const destroy = (): void => void socket.destroy(new Error('no answer in time'));
  const timer = setTimeout(destroy, timeoutMs);
  signal.addEventListener('abort', destroy, { once: true });
  try {
    socket.write(`${JSON.stringify(request)}\n`);
    return JSON.parse(await firstLine(socket)) as unknown;
  } catch (error) {
    throw noAgent(path, error as NodeJS.ErrnoException);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', destroy);
    socket.destroy();
  }
}

async function firstLine(socket: Socket): Promise<string> {
  let text = '';
  for await (const chunk of socket.setEncoding('utf8')) {
    text += chunk as string;
    if (text.includes('\n')) break;
  }
  return text.split('\n')[0] ?? '';
}

function noAgent(path: string, { code, message }: NodeJS.ErrnoException): CliError {
  const options = { details: { socket: path, reason: code } };
  if (code === 'EACCES' || code === 'EPERM') {
    return new CliError(
      'CLI_AGENT_DENIED',
      `no right to use ${path}; run this as the user of the agent, or with sudo`,
      options,
    );
  }
  const why = code === 'ENOENT' || code === 'ECONNREFUSED' ? 'no agent runs with its state there' : message;
  const advice = 'start it, or name the folder of its state with --state-dir or RAFTAINER_STATE_DIR';
  return new CliError('CLI_NO_AGENT', `no answer at ${path}: ${why}; ${advice}`, options);
}
