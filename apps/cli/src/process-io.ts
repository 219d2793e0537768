import { once } from 'node:events';
import { allowManyListeners } from './allow-many-listeners.js';
import type { Io, TextSink } from './io.js';

/** This process's streams. A reader that went away (`raftainer ps | head -1`) ends it quietly. */
export function processIo(): Io {
  const interrupt = new AbortController();
  allowManyListeners(interrupt.signal);
  process.once('SIGINT', () => {
    interrupt.abort();
  });
  return {
    stdout: sink(process.stdout),
    stderr: sink(process.stderr),
    stdin: process.stdin,
    env: process.env,
    signal: interrupt.signal,
    now: Date.now,
  };
}

function sink(stream: NodeJS.WriteStream): TextSink {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') {
      process.exit();
    }
    throw error;
  });
  return {
    isTTY: stream.isTTY,
    write: async (text) => {
      if (!stream.write(text)) {
        await once(stream, 'drain');
      }
    },
  };
}
