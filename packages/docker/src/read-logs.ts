import { bounded } from './engine.js';
import type { Engine } from './engine.js';
import { LogAssembler } from './log-assembler.js';
import type { WireDetails } from './parse-container-details.js';
import { pathSegment } from './path-segment.js';
import type { LogLine, LogOptions } from './logs.js';

/** Reads the output of a container; see {@link Containers.logs}. */
export async function* readLogs(engine: Engine, id: string, options: LogOptions): AsyncGenerator<LogLine> {
  const { timestamps = false, follow = false } = options;
  const bounds = bounded(options, engine.deadlines.timeoutMs);
  const path = `/containers/${pathSegment(id)}`;
  const doing = `read the logs of container ${id}`;
  // Only the container's configuration tells how its output is sent; API 1.41 does not say so in the answer itself.
  const details = await engine.read({ doing, method: 'GET', path: `${path}/json` }, bounds);
  const query = {
    stdout: true,
    stderr: true,
    follow,
    timestamps,
    tail: options.tail ?? 'all',
    since: options.since === undefined ? undefined : options.since.getTime() / 1000,
  };
  const chunks = await engine.open({ doing, method: 'GET', path: `${path}/logs`, query }, bounds);
  const assembler = new LogAssembler({ tty: (details as WireDetails).Config.Tty === true, timestamps });
  for await (const chunk of chunks) yield* assembler.push(chunk);
  yield* assembler.end();
}
