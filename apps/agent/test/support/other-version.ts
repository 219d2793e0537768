import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ROOT } from './program.js';

/** A built agent of another version: the same code, which calls itself something else. */
export interface OtherVersion {
  /** Where it is, with the `bin` of any agent. */
  readonly folder: string;
  /** Arguments for Node that run it. */
  readonly program: readonly string[];
  remove(): Promise<void>;
}

/** Copies the built agent. Its packages are those of the repository. */
export async function agentOfVersion(version: string): Promise<OtherVersion> {
  const folder = await mkdtemp(join(tmpdir(), 'raftainer-version-'));
  const from = join(ROOT, 'apps/agent');
  for (const part of ['bin', 'dist']) await cp(join(from, part), join(folder, part), { recursive: true });
  const manifest = JSON.parse(await readFile(join(from, 'package.json'), 'utf8')) as object;
  await writeFile(join(folder, 'package.json'), JSON.stringify({ ...manifest, version }));
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return {
    folder,
    program: [join(folder, 'bin/raftainer-agent.js')],
    remove: async () => rm(folder, { recursive: true, force: true }),
  };
}
