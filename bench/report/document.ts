import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { renderSection } from './section.js';

import type { Section } from './section.js';

const FILE = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url));

/** Puts the sections between their markers in docs/benchmarks.md; the rest of the document stays as it is. */
export async function writeDocument(sections: readonly Section[], machine: string): Promise<string> {
  let text = await readFile(FILE, 'utf8');
  for (const section of sections) {
    const [begin, end] = ['begin', 'end'].map((edge) => `<!-- ${section.name}:${edge} -->`) as [
      string,
      string,
    ];
    const [from, to] = [text.indexOf(begin), text.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`${FILE} has lost its markers ${begin} and ${end}.`);
    const block = `\n\n\`\`\`text\n${renderSection(section, machine)}\n\`\`\`\n\n`;
    text = text.slice(0, from + begin.length) + block + text.slice(to);
  }
  await writeFile(FILE, text);
  return FILE;
}
