import { VAULT_KIND_NAMES } from '../harness/request-kinds.js';
import { verdict } from '../report/section.js';
import { spreadOf } from '../report/stats.js';

import type { SecretsOptions } from '../options.js';
import type { Table } from '../report/section.js';
import type { SecretsActivity } from './slots-with-secrets.js';
import type { ChangeTimes } from './watched-secrets.js';

/** Changes that one agent noticed. */
export interface NoticedChanges {
  readonly pollMs: number;
  readonly times: readonly ChangeTimes[];
}

/** The default of agents for `RAFTAINER_SECRETS_POLL`. */
const DEFAULT_POLL_MS = 60_000;
const HOUR_MS = 3_600_000;
const HOUR_SEC = 3_600;
/** Of tokens, in lives of a lease. */
export const TOKEN_LIVES = 2;

/** How long changes of KV values take, and the floor. */
export function changeTable(noticed: readonly NoticedChanges[], direct: readonly number[]): Table {
  const row = (label: string, values: readonly number[]): readonly string[] => {
    const { count, min, median, max } = spreadOf(values);
    return [label, String(count), ...[min, median, max].map((value) => value.toFixed(0))];
  };
  return {
    caption: 'From the write of a KV value in Vault until the file in the container has it (ms)',
    columns: ['', 'times', 'min', 'median', 'max'],
    rows: [
      ...noticed.flatMap(({ pollMs, times }) => [
        row(
          `Raftainer, looks every ${seconds(pollMs)}`,
          times.map(({ fileMs }) => fileMs),
        ),
        row(
          '  of that, after the look that noticed it',
          times.map(({ noticedMs }) => noticedMs),
        ),
      ]),
      row('direct calls: write, read, replace the file', direct),
    ],
  };
}

/** What the slots ask of Vault at rest: counted, and what that is in an hour. */
export function restTable(rest: SecretsActivity, { slots, windowMs, leaseSec }: SecretsOptions): Table {
  const perHour = HOUR_MS / windowMs;
  const rows = kindsOf([rest]).map((kind) => {
    const count = rest.requests.get(kind) ?? 0;
    return { kind, count, hourly: count * perHour, calm: count * perHour * shareOfHour(kind, leaseSec) };
  });
  const sum = (pick: (row: (typeof rows)[number]) => number): number =>
    rows.reduce((total, row) => total + pick(row), 0);
  const all = {
    kind: 'all',
    count: sum(({ count }) => count),
    hourly: sum(({ hourly }) => hourly),
    calm: sum(({ calm }) => calm),
  };
  return {
    caption: `Requests to Vault at rest: ${slots} slots, leases of ${leaseSec} s, logins of ${TOKEN_LIVES * leaseSec} s`,
    columns: [
      '',
      `counted in ${windowMs / 1000} s`,
      'per hour',
      'per hour if all lives were 1 h (calculated)',
    ],
    rows: [...rows, all].map(({ kind, count, hourly, calm }) => [
      kind,
      String(count),
      hourly.toFixed(0),
      calm.toFixed(0),
    ]),
  };
}

/** The deployment, and what the agent asks for when it is started again. */
export function restartTable(
  deployment: SecretsActivity,
  restarts: readonly (readonly [label: string, activity: SecretsActivity])[],
): Table {
  const all = [deployment, ...restarts.map(([, activity]) => activity)];
  const row = (label: string, counts: readonly number[], limit?: number): readonly string[] => {
    const worst = Math.max(...counts.slice(1));
    const judged = limit === undefined ? ['', ''] : [`≤ ${limit}`, verdict(worst, limit)];
    return [label, ...counts.map(String), ...judged];
  };
  return {
    caption: 'Requests to Vault when the slots are deployed, and when their agent is started again',
    columns: ['', 'deployment', ...restarts.map(([label]) => label), 'target', ''],
    rows: [
      ...kindsOf(all).map((kind) =>
        row(
          kind,
          all.map(({ requests }) => requests.get(kind) ?? 0),
          kind === 'leases issued' ? 0 : undefined,
        ),
      ),
      row(
        'all',
        all.map(({ requests }) => [...requests.values()].reduce((total, each) => total + each, 0)),
      ),
      row(
        'containers started',
        all.map(({ started }) => started),
        0,
      ),
    ],
  };
}

/** Kinds without a name are shown only where there were any. */
function kindsOf(activities: readonly SecretsActivity[]): readonly string[] {
  return VAULT_KIND_NAMES.filter(
    (kind, index) =>
      index < VAULT_KIND_NAMES.length - 1 || activities.some(({ requests }) => requests.has(kind)),
  );
}

/** Renewals come at a part of the life: the longer it is, the fewer. Nothing else depends on it. */
function shareOfHour(kind: string, leaseSec: number): number {
  if (kind === 'lease renewals') return leaseSec / HOUR_SEC;
  if (kind === 'token renewals') return (TOKEN_LIVES * leaseSec) / HOUR_SEC;
  return 1;
}

function seconds(ms: number): string {
  return `${ms / 1000} s${ms === DEFAULT_POLL_MS ? ' (the default)' : ''}`;
}
