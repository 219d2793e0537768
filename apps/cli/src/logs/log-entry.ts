import type { Docker } from '@raftainer/docker';
import type { LogSource } from './log-source.js';

/** One line of one container. */
export interface LogEntry {
  readonly source: LogSource;
  readonly stream: 'stdout' | 'stderr';
  /** RFC 3339 with nanoseconds, in UTC: the order of the texts is the order of the times. */
  readonly time: string;
  readonly text: string;
}

/** Which part of the logs to read. */
export interface LogRange {
  readonly tail?: number;
  readonly since?: Date;
  readonly follow: boolean;
  readonly signal: AbortSignal;
}

/** The lines of one container. One that was removed meanwhile ends without an error. */
export async function* readLog(docker: Docker, source: LogSource, range: LogRange): AsyncGenerator<LogEntry> {
  try {
    for await (const { stream, time = '', text } of docker.containers.logs(source.id, {
      ...range,
      timestamps: true,
    })) {
      yield { source, stream, time, text };
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const isOver = code === 'DOCKER_NOT_FOUND' || (code === 'DOCKER_ABORTED' && range.signal.aborted);
    if (!isOver) {
      throw error;
    }
  }
}
