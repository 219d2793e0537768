import { createServer, connect } from 'node:net';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { AgentError, messageOf } from '../agent-error.js';
import { onMessages, sendMessage } from '../guard/json-socket.js';

import type { Server, Socket } from 'node:net';

/** Linux allows 107 bytes for the path of a socket. */
const MAX_SOCKET_PATH = 100;

/** The agent's socket in its state directory: its lock, and where the command line of this host asks it for things. */
export const AGENT_SOCKET = 'agent.sock';

/** Answers a request of this host's command line with a value that goes through JSON. */
export type AnswerRequest = (request: unknown) => unknown;

/**
 * The agent's memory on disk: readable by its owner only, written atomically, used by one agent at a time.
 * A socket in it is the lock: the kernel closes it with the process, so a killed agent leaves no lock behind.
 */
export class StateDir {
  readonly path: string;
  readonly #lock: Server;
  #answer: AnswerRequest | undefined;

  private constructor(path: string, lock: Server) {
    this.path = path;
    this.#lock = lock;
    lock.on('connection', (socket) => {
      this.#serve(socket);
    });
  }

  /** Requests that come over the socket are answered by this from now on; before, they are turned away. */
  answerWith(answer: AnswerRequest): void {
    this.#answer = answer;
  }

  #serve(socket: Socket): void {
    socket.on('error', () => undefined);
    socket.unref();
    const answer = this.#answer;
    if (answer === undefined) {
      socket.destroy();
      return;
    }
    onMessages(socket, (request) => {
      sendMessage(socket, answer(request));
    });
  }

  /**
   * Creates the directory when it is missing, and takes it.
   *
   * @throws AgentError `AGENT_STATE_DIR_IN_USE`, `AGENT_STATE_DIR_UNUSABLE`.
   */
  static async open(path: string): Promise<StateDir> {
    const socketPath = join(path, AGENT_SOCKET);
    try {
      if (socketPath.length > MAX_SOCKET_PATH)
        throw new Error(`its path is longer than ${MAX_SOCKET_PATH} characters`);
      await mkdir(path, { recursive: true, mode: 0o700 });
      await chmod(path, 0o700);
      if (await answers(socketPath)) throw inUse(path);
      await rm(socketPath, { force: true });
      return new StateDir(path, await listen(socketPath));
    } catch (error: unknown) {
      if (error instanceof AgentError) throw error;
      if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') throw inUse(path, error);
      const message = `The state directory ${path} cannot be used: ${messageOf(error)}. Make it writable, or name another in RAFTAINER_STATE_DIR.`;
      throw new AgentError('AGENT_STATE_DIR_UNUSABLE', message, { cause: error });
    }
  }

  /** The stored value, or undefined when there is none or it cannot be read: nothing here is worth failing for. */
  async read(name: string): Promise<unknown> {
    try {
      return JSON.parse(await readFile(join(this.path, name), 'utf8')) as unknown;
    } catch {
      return undefined;
    }
  }

  /** Writes a value so that a crash leaves either the old or the new one. */
  async write(name: string, value: unknown): Promise<void> {
    const target = join(this.path, name);
    const temporary = `${target}.${process.pid}.tmp`;
    await writeFile(temporary, `${JSON.stringify(value, undefined, 2)}\n`, { mode: 0o600, flush: true });
    await rename(temporary, target);
  }

  async remove(name: string): Promise<void> {
    await rm(join(this.path, name), { force: true });
  }

  async close(): Promise<void> {
    await new Promise((resolve) => this.#lock.close(resolve));
  }
}

function inUse(path: string, cause?: unknown): AgentError {
  const message = `Another agent uses the state directory ${path}. One agent runs on a host; for a second one on this machine set another HOSTNAME and RAFTAINER_STATE_DIR.`;
  return new AgentError('AGENT_STATE_DIR_IN_USE', message, { cause });
}

async function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => {
      resolve(false);
    });
  });
}

async function listen(socketPath: string): Promise<Server> {
  const server = createServer();
  server.unref();
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(socketPath, () => {
      resolve(server);
    });
  });
}
