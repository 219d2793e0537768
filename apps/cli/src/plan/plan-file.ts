import { readFile, writeFile } from 'node:fs/promises';
import { encodePod } from '@raftainer/cluster';
import type { ParseResult, Pod } from '@raftainer/pod-spec';
import { canonicalForm, formatProblems, parsePod, revisionOf } from '@raftainer/pod-spec';
import { CliError } from '../cli-error.js';
import type { ClusterPlan } from './pod-plan.js';

/** Raised when a plan of this version could not be applied by one that reads an older. */
const VERSION = 1;

/** One definition of a saved plan. */
export interface SavedPod {
  readonly name: string;
  /** The modify index that the plan saw; 0: there was no definition. */
  readonly seen: number;
  /** The definition that the plan saw, to name what has changed since. */
  readonly before?: unknown;
  /** What is to be stored. */
  readonly definition: unknown;
  readonly pod: Pod;
  readonly revision: string;
}

/** Writes what `apply --plan` needs. */
export async function writePlan(path: string, { index, pods }: ClusterPlan): Promise<void> {
  const saved = pods.map(({ name, seen, before, definition }) => ({
    name,
    seen,
    ...(before === undefined ? {} : { before: JSON.parse(canonicalForm(before)) as unknown }),
    definition,
  }));
  try {
    await writeFile(
      path,
      `${JSON.stringify({ raftainerPlan: VERSION, index, pods: saved }, undefined, 2)}\n`,
    );
  } catch (error) {
    throw new CliError('CLI_USAGE', `the plan cannot be written to ${path}: ${(error as Error).message}`);
  }
}

/** Reads a saved plan and checks all of it. Throws `CLI_INVALID_PLAN`. */
export async function readPlan(path: string): Promise<readonly SavedPod[]> {
  const plan = asObject(await readJson(path));
  if (plan?.raftainerPlan !== VERSION || !Array.isArray(plan.pods)) {
    throw invalid(
      path,
      `is no plan of this version (raftainerPlan: ${VERSION}); make one with: raftainer plan --out`,
    );
  }
  return plan.pods.map((entry: unknown, position) => readPod(path, entry, position));
}

function readPod(path: string, entry: unknown, position: number): SavedPod {
  const { name, seen, before, definition } = asObject(entry) ?? {};
  if (typeof name !== 'string' || typeof seen !== 'number') {
    throw invalid(path, `pods[${position}] has no name or no index that it saw`);
  }
  const result: ParseResult = parsePod(definition);
  if (!result.ok)
    throw invalid(path, `the definition of pod "${name}" is not valid: ${formatProblems(result.problems)}`);
  const { pod } = result;
  encodePod(name, definition);
  return {
    name,
    seen,
    definition,
    pod,
    revision: revisionOf(pod),
    ...(before === undefined ? {} : { before }),
  };
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as unknown;
  } catch (error) {
    throw invalid(path, `cannot be read: ${(error as Error).message}`);
  }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

function invalid(path: string, what: string): CliError {
  return new CliError('CLI_INVALID_PLAN', `${path} ${what}; nothing was written`);
}
