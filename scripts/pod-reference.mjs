/**
 * Writes packages/pod-spec/schema/pod.schema.json and docs/pod-reference.md from the schemas in packages/pod-spec.
 *
 *   node --conditions=@raftainer/source --import tsx scripts/pod-reference.mjs [--check]
 *
 * With --check nothing is written, and the exit code is 1 when a file is not what it should be.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

import { podJsonSchema } from '@raftainer/pod-spec';
import { format } from 'prettier';

import { podReference } from './pod-reference/render.mjs';

const root = new URL('../', import.meta.url);
const prettierConfig = JSON.parse(await readFile(new URL('.prettierrc.json', root), 'utf8'));

const schema = podJsonSchema();
const files = [
  { path: 'packages/pod-spec/schema/pod.schema.json', parser: 'json', text: JSON.stringify(schema, null, 2) },
  { path: 'docs/pod-reference.md', parser: 'markdown', text: podReference(schema) },
];

const stale = [];
for (const { path, parser, text } of files) {
  const file = fileURLToPath(new URL(path, root));
  const wanted = await format(text, { ...prettierConfig, parser });
  const found = await readFile(file, 'utf8').catch(() => undefined);
  if (found === wanted) continue;
  stale.push(path);
  if (process.argv.includes('--check')) continue;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, wanted);
}

if (process.argv.includes('--check') && stale.length > 0) {
  console.error(
    `Not up to date: ${stale.join(', ')}. Run: node --conditions=@raftainer/source --import tsx scripts/pod-reference.mjs`,
  );
  process.exitCode = 1;
} else {
  console.log(
    stale.length === 0 ? 'The schema and the reference are up to date.' : `Wrote ${stale.join(', ')}.`,
  );
}
