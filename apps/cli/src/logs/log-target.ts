import { isPodName } from '@raftainer/cluster';
import { parseSlotId } from '@raftainer/pod-spec';
import { CliError } from '../cli-error.js';

/** Whose logs are asked for. */
export interface LogTarget {
  readonly pod: string;
  /** Absent: of every slot. */
  readonly index?: number;
  /** Absent: of every container. */
  readonly container?: string;
}

/** `POD` or `POD/INDEX`. Throws `CLI_USAGE`. */
export function parseLogTarget(text: string, container: string | undefined): LogTarget {
  const target = isPodName(text) ? { pod: text } : parseSlotId(text);
  if (target === undefined || !isPodName(target.pod)) {
    throw new CliError(
      'CLI_USAGE',
      `"${text}" names no pod and no slot; write POD or POD/INDEX, as in web or web/0`,
    );
  }
  return { ...target, ...(container === undefined ? {} : { container }) };
}
