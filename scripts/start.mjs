/**
 * `npm start`: builds what changed, then becomes the agent: it runs in this very process, so signals, exit code and
 * terminal are its own.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildAll } from './build.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { ROOT } from './processes.mjs';
import { runMain } from './run-main.mjs';

const log = (line) => console.error(line);

await runMain(import.meta.url, async () => {
  const modules = join(ROOT, 'node_modules');
  if (!existsSync(modules)) await ensureDependencies({ log });
  // An installation for production has no build tools, and brings its own build.
  if (existsSync(join(modules, 'tsup'))) await buildAll({ log });
  const agent = join(ROOT, 'apps', 'agent', 'bin', 'raftainer-agent.js');
  process.argv[1] = agent;
  await import(pathToFileURL(agent).href);
});
