import type { CallOptions } from './call-options.js';
import { Demultiplexer } from './demultiplexer.js';
import { bounded } from './engine.js';
import type { Engine } from './engine.js';
import { pathSegment } from './path-segment.js';
import { utf8Boundary } from './utf8-boundary.js';

/** A command to run in a running container. */
export interface ExecSpec {
  readonly command: readonly string[];
  /** Added to the container's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** The container's own when absent. */
  readonly user?: string;
  readonly workingDir?: string;
}

/** Deadline and bounds of a command. */
export interface ExecOptions extends CallOptions {
  /** How much of each stream is kept. Default 16 MiB. */
  readonly maxOutputBytes?: number;
}

/** How a command ended and what it printed. */
export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Whether one of the streams was longer than `maxOutputBytes`; the rest was dropped. */
  readonly truncated: boolean;
}

const DEFAULT_EXEC_TIMEOUT_MS = 60_000;
const DEFAULT_MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

/** Runs a command in a container; see {@link Containers.exec}. */
export async function runExec(
  engine: Engine,
  target: { readonly id: string; readonly spec: ExecSpec },
  options: ExecOptions,
): Promise<ExecResult> {
  const { maxOutputBytes = DEFAULT_MAX_OUTPUT_BYTES } = options;
  const doing = `run ${target.spec.command[0] ?? 'a command'} in container ${target.id}`;
  return engine.within(doing, bounded(options, DEFAULT_EXEC_TIMEOUT_MS), async (scope) => {
    const call = { signal: scope.signal };
    const path = `/containers/${pathSegment(target.id)}/exec`;
    const created = await engine.request({ doing, method: 'POST', path, body: execBody(target.spec) }, call);
    const exec = `/exec/${pathSegment((created as { readonly Id: string }).Id)}`;
    const body = { Detach: false, Tty: false };
    const chunks = await engine.open({ doing, method: 'POST', path: `${exec}/start`, body }, call);
    const output = await collect(chunks, maxOutputBytes);
    const state = await engine.request({ doing, method: 'GET', path: `${exec}/json` }, call);
    return { exitCode: (state as { readonly ExitCode?: number | null }).ExitCode ?? 0, ...output };
  });
}

function execBody({ command, env, user, workingDir }: ExecSpec): object {
  return {
    AttachStdout: true,
    AttachStderr: true,
    Tty: false,
    Cmd: command,
    Env: env && Object.entries(env).map(([name, value]) => `${name}=${value}`),
    User: user,
    WorkingDir: workingDir,
  };
}

type Output = Pick<ExecResult, 'stdout' | 'stderr' | 'truncated'>;

/** Reads everything, as a command whose output nobody reads would never end, and keeps the beginning. */
async function collect(chunks: AsyncIterable<Buffer>, maxBytes: number): Promise<Output> {
  const demultiplexer = new Demultiplexer();
  const kept = { stdout: new KeptBytes(maxBytes), stderr: new KeptBytes(maxBytes) };
  for await (const chunk of chunks) {
    for (const { stream, payload } of demultiplexer.push(chunk)) kept[stream].add(payload);
  }
  const truncated = kept.stdout.truncated || kept.stderr.truncated;
  return { stdout: kept.stdout.text(), stderr: kept.stderr.text(), truncated };
}

/** The beginning of a stream. */
class KeptBytes {
  truncated = false;
  readonly #chunks: Buffer[] = [];
  #size = 0;
  readonly #maxBytes: number;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  add(bytes: Buffer): void {
    this.truncated ||= this.#size + bytes.length > this.#maxBytes;
    if (this.#size > this.#maxBytes) return;
    this.#chunks.push(bytes);
    this.#size += bytes.length;
  }

  text(): string {
    const bytes = Buffer.concat(this.#chunks, this.#size);
    return bytes.toString('utf8', 0, utf8Boundary(bytes, this.#maxBytes));
  }
}
