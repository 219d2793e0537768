import { z } from 'zod';

import { describeValue } from '../describe-value.js';
import { say } from '../issue-text.js';
import { DURATION_PATTERN, parseDuration } from '../units/duration.js';
import { FILE_MODE_PATTERN, parseFileMode } from '../units/file-mode.js';
import { parseSize, SIZE_PATTERN } from '../units/size.js';

const WEEK_MS = 7 * 24 * 3_600_000;

/** Bounds of a quantity, with the text that names them in messages. */
export interface Bounds {
  readonly min?: number;
  readonly minText?: string;
}

/** A duration as text, in milliseconds when parsed; at most a week (a timer of Node overflows after 24.8 days). */
export function duration({ min = 0, minText = '0s' }: Bounds = {}): z.ZodType<number, string> {
  const error = (issue: z.core.$ZodRawIssue): string =>
    say(
      `expected a duration with its unit, found ${describeValue(issue.input)}`,
      typeof issue.input === 'number'
        ? `say the unit: "${issue.input}s" or "${issue.input}ms"`
        : 'such as "500ms", "30s" or "1h30m"',
    );
  return z
    .string({ error })
    .regex(DURATION_PATTERN, { error })
    .transform((text, context) => {
      const ms = parseDuration(text);
      if (ms === undefined)
        return refuse(context, `expected a whole number of milliseconds, found "${text}"`);
      if (ms < min) return refuse(context, `expected at least ${minText}, found "${text}"`);
      if (ms > WEEK_MS) return refuse(context, `expected at most "168h" (a week), found "${text}"`);
      return ms;
    })
    .meta({ title: 'duration' });
}

/** A size as text or a number of bytes; bytes when parsed. */
export function size({ min = 1, minText = '1 byte' }: Bounds = {}): z.ZodType<number, string | number> {
  const error = (issue: z.core.$ZodRawIssue): string =>
    say(
      `expected a size, found ${describeValue(issue.input)}`,
      'such as "512Mi", "1Gi" or "100MB"; a plain whole number is bytes',
    );
  return z
    .union([z.int().min(0), z.string().regex(SIZE_PATTERN, { error })], { error })
    .transform((value, context) => {
      const bytes = typeof value === 'number' ? value : parseSize(value);
      if (bytes === undefined)
        return refuse(context, `expected a whole number of bytes, found ${describeValue(value)}`);
      return bytes < min
        ? refuse(context, `expected at least ${minText}, found ${describeValue(value)}`)
        : bytes;
    })
    .meta({ title: 'size' });
}

/** Permission bits as octal text; YAML would read a bare 0400 as four hundred. */
export function fileMode(): z.ZodType<number, string> {
  const error = (issue: z.core.$ZodRawIssue): string =>
    say(`expected octal permission bits in quotes, found ${describeValue(issue.input)}`, 'such as "0400"');
  return z
    .string({ error })
    .regex(FILE_MODE_PATTERN, { error })
    .transform((text) => parseFileMode(text) ?? 0)
    .meta({ title: 'octal mode' });
}

/** A whole number within bounds. */
export function whole(min: number, max: number): z.ZodInt {
  const error = (issue: z.core.$ZodRawIssue): string | undefined =>
    issue.input === undefined
      ? undefined
      : `expected a whole number from ${min} to ${max}, found ${describeValue(issue.input)}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
}

/** A number, whole or not, within bounds. */
export function decimal(min: number, max: number): z.ZodNumber {
  const error = (issue: z.core.$ZodRawIssue): string =>
    `expected a number from ${min} to ${max}, found ${describeValue(issue.input)}`;
  return z.number({ error }).min(min, { error }).max(max, { error });
}

function refuse(context: z.RefinementCtx, message: string): never {
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
}
