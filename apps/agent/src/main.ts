import { messageOf } from './agent-error.js';
import { endAfterLinger } from './linger.js';
import { runProcess } from './process.js';

/** The process: everything of interest is in `runProcess`. */
try {
  process.exitCode = await runProcess(process);
} catch (error: unknown) {
  process.stderr.write(`raftainer-agent: ${messageOf(error)}\n`);
  process.exitCode = 1;
}

endAfterLinger(process);
