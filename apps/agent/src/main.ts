import { messageOf } from './agent-error.js';
import { runProcess } from './process.js';

/** The process: everything of interest is in `runProcess`. */
try {
  process.exitCode = await runProcess(process);
} catch (error: unknown) {
  process.stderr.write(`raftainer-agent: ${messageOf(error)}\n`);
  process.exitCode = 1;
}

/** Longer than it takes to write the last lines of the log. */
const LINGER_MS = 2_000;

// What has been told to end must end: a forgotten timer or connection must not keep a supervisor waiting.
setTimeout(() => {
  const kept = process.getActiveResourcesInfo().join(', ');
  process.stderr.write(
    `raftainer-agent: everything has ended, but something keeps the process (${kept}); please report this\n`,
  );
  process.exit();
}, LINGER_MS).unref();
