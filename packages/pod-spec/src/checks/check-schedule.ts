import { Cron } from 'croner';

import { textOf } from './outline.js';

import type { Fields, Outline } from './outline.js';
import type { Problem } from '../problem.js';

/** A schedule where there should be one, and only there; its expression and its time zone. */
export function checkSchedule({ kind, instances, schedule }: Outline): readonly Problem[] {
  const problems: Problem[] = [];
  if (kind === 'periodic' && schedule === undefined) {
    problems.push({
      path: 'schedule',
      message: 'is required for kind: periodic',
      suggestion: 'such as { cron: "0 3 * * *" }',
    });
  }
  if (kind !== 'periodic' && schedule !== undefined) {
    problems.push({ path: 'schedule', message: 'is only for kind: periodic' });
  }
  if (kind === 'system' && instances !== undefined) {
    problems.push({
      path: 'instances',
      message: 'has no meaning for kind: system, which runs one on every matching host',
    });
  }
  return schedule === undefined
    ? problems
    : [...problems, ...checkCron(schedule), ...checkTimeZone(schedule)];
}

function checkCron(schedule: Fields): readonly Problem[] {
  const cron = textOf(schedule.cron);
  if (cron === undefined || cron.trim() === '') return [];
  const path = 'schedule.cron';
  const fields = cron.trim().split(/\s+/).length;
  if (fields !== 5 && fields !== 6) {
    return [
      {
        path,
        message: `expected five or six fields, found ${fields} in "${cron}"`,
        suggestion: 'such as "0 3 * * *"',
      },
    ];
  }
  try {
    new Cron(cron, { paused: true }).stop();
    return [];
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^Cron\w*: /, '') : '';
    return [{ path, message: `is not a cron expression: "${cron}" (${reason})` }];
  }
}

function checkTimeZone(schedule: Fields): readonly Problem[] {
  const timeZone = textOf(schedule.timeZone);
  if (timeZone === undefined || timeZone.trim() === '') return [];
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return [];
  } catch {
    return [
      {
        path: 'schedule.timeZone',
        message: `is not an IANA time zone: "${timeZone}"`,
        suggestion: 'such as "Europe/Berlin"',
      },
    ];
  }
}
