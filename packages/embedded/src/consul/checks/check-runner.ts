import { removeService } from '../catalog/catalog-writes.js';
import { nodeKey, type CheckRecord, type CheckRun } from '../state/records.js';
import type { Commit } from '../state/table-set.js';
import { aliasResult } from './alias-check.js';
import type { CheckResult } from './check-result.js';
import { probeHttp } from './http-probe.js';
import { startIntervalCheck } from './interval-check.js';
import { IDLE_CHECK, type RunningCheck } from './running-check.js';
import { probeTcp } from './tcp-probe.js';
import { startTtlCheck } from './ttl-check.js';
import { updateCheck, type UpdateTarget } from './update-check.js';

interface Entry {
  readonly run: CheckRun;
  readonly running: RunningCheck;
  /** Set while the check is critical and its service is to go for it. */
  reaper: NodeJS.Timeout | undefined;
}

/**
 * Runs the checks that are registered with this agent. It follows the state: a check that appears is started, one
 * that goes is stopped, and one whose definition stays goes on. With no checks it does nothing at all.
 */
export class CheckRunner {
  private readonly entries = new Map<string, Entry>();

  constructor(private readonly target: UpdateTarget) {}

  start(): void {
    for (const check of this.target.store.list('checks')) this.follow(check);
    this.target.store.onCommit((commit) => {
      this.followCommit(commit);
    });
  }

  /** Takes a client's report on a TTL check. False when the agent has no such check. */
  report(check: CheckRecord, result: CheckResult): boolean {
    const entry = this.entries.get(keyOf(check));
    if (entry?.run.probe.kind !== 'ttl') return false;
    entry.running.beat();
    updateCheck(this.target, check, result);
    return true;
  }

  stop(): void {
    for (const key of [...this.entries.keys()]) this.forget(key);
  }

  private followCommit(commit: Commit): void {
    let catalogChanged = false;
    for (const change of commit.changes) {
      if (change.table === 'services') catalogChanged = true;
      if (change.table !== 'checks') continue;
      catalogChanged = true;
      if (change.after === undefined) this.forget(change.key);
      else this.follow(change.after);
    }
    if (!catalogChanged) return;
    for (const entry of this.entries.values()) entry.running.catalogChanged();
  }

  private follow(check: CheckRecord): void {
    const key = keyOf(check);
    const known = this.entries.get(key);
    if (check.run === undefined || (known !== undefined && !sameRun(known.run, check.run))) this.forget(key);
    if (check.run === undefined) return;
    const entry = this.entries.get(key) ?? {
      run: check.run,
      running: this.launch(check, check.run),
      reaper: undefined,
    };
    this.entries.set(key, entry);
    this.followStatus(entry, check);
  }

  private followStatus(entry: Entry, check: CheckRecord): void {
    const due = check.status === 'critical' && check.serviceId !== '' && entry.run.deregisterAfterMs > 0;
    if (due === (entry.reaper !== undefined)) return;
    clearTimeout(entry.reaper);
    entry.reaper = due
      ? setTimeout(() => {
          this.reap(check);
        }, entry.run.deregisterAfterMs).unref()
      : undefined;
  }

  private reap(check: CheckRecord): void {
    const service = this.target.store.get('services', nodeKey(check.node, check.serviceId));
    if (service === undefined) return;
    this.target.store.write((state) => {
      removeService(state, service, this.target.clock());
    });
  }

  private launch(check: CheckRecord, run: CheckRun): RunningCheck {
    const { probe } = run;
    const report = (result: CheckResult): void => {
      updateCheck(this.target, check, result);
    };
    switch (probe.kind) {
      case 'ttl':
        return startTtlCheck(probe.ttlMs, report);
      case 'http':
        return startIntervalCheck({
          intervalMs: probe.intervalMs,
          run,
          report,
          probe: (signal) => probeHttp(probe, signal),
        });
      case 'tcp':
        return startIntervalCheck({
          intervalMs: probe.intervalMs,
          run,
          report,
          probe: (signal) => probeTcp(probe, signal),
        });
      case 'alias':
        return {
          ...IDLE_CHECK,
          catalogChanged: () => {
            report(aliasResult(this.target.store, check, probe));
          },
        };
    }
  }

  private forget(key: string): void {
    const entry = this.entries.get(key);
    entry?.running.stop();
    clearTimeout(entry?.reaper);
    this.entries.delete(key);
  }
}

function keyOf(check: CheckRecord): string {
  return nodeKey(check.node, check.checkId);
}

function sameRun(a: CheckRun, b: CheckRun): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
