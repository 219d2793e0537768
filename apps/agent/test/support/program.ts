import { fileURLToPath } from 'node:url';

const PROGRAMS = {
  agent: { source: 'apps/agent/src/main.ts', built: 'apps/agent/bin/raftainer-agent.js' },
  cli: { source: 'apps/cli/src/main.ts', built: 'apps/cli/bin/raftainer.js' },
} as const;

/** The root of the repository, from which programs run. */
export const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));

/**
 * Arguments for Node that run a program: the built one, as users run it, which starts several times as fast, where
 * `npm test` has just built it; else its sources.
 */
export function programOf(name: keyof typeof PROGRAMS): readonly string[] {
  const { source, built } = PROGRAMS[name];
  const isBuilt = process.env.RAFTAINER_TEST_BUILT !== undefined;
  return isBuilt
    ? [`${ROOT}${built}`]
    : ['--conditions=@raftainer/source', '--import', 'tsx', `${ROOT}${source}`];
}
