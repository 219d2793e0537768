import { stringify } from 'yaml';

import { AFTERWORD, FOREWORD } from './prose.mjs';
import { typeOf } from './type-of.mjs';

/** The reference in Markdown, from the JSON Schema. Objects come in the order in which they are first mentioned. */
export function podReference(schema) {
  const names = mentioned(['Pod', 'Container'], schema.definitions);
  const sections = names.map((name) => section(schema.definitions[name]));
  return [FOREWORD, contents(names, schema.definitions), ...sections, AFTERWORD].join('\n\n');
}

/** The objects, and all that their fields lead to. */
function mentioned(first, definitions) {
  const names = [...first];
  for (const name of names) {
    const refs = JSON.stringify(definitions[name]).matchAll(/"#\/definitions\/(\w+)"/g);
    for (const [, ref] of refs) if (!names.includes(ref)) names.push(ref);
  }
  return names;
}

function contents(names, definitions) {
  return names.map((name) => `[${definitions[name].title}](#${anchor(definitions[name].title)})`).join(' · ');
}

function section(definition) {
  const required = new Set(definition.required ?? []);
  const rows = Object.entries(definition.properties).map(([name, field]) =>
    row([`\`${name}\``, typeOf(field, link), defaultOf(field, required.has(name)), meaningOf(field)]),
  );
  const table = [row(['Field', 'Type', 'Default', 'Meaning']), '| --- | --- | --- | --- |', ...rows].join(
    '\n',
  );
  const example = `\`\`\`yaml\n${stringify(definition.examples[0], { lineWidth: 100 })}\`\`\``;
  return `## ${definition.title}\n\n${definition.description}\n\n${table}\n\n${example}`;
}

function link(ref) {
  const title = ref.replace('#/definitions/', '').replace(/(?<=[a-z])(?=[A-Z])/g, ' ');
  const spelt = TITLES[title] ?? title.charAt(0) + title.slice(1).toLowerCase();
  return `[${spelt}](#${anchor(spelt)})`;
}

/** Titles that are not the name of the definition in words. */
const TITLES = {
  'Docker Health Check': "Docker's own health check",
  Gpus: 'GPUs',
  'Http Health Check': 'HTTP health check',
  'Tcp Health Check': 'TCP health check',
};

/** The anchor that GitHub gives to a heading. */
function anchor(title) {
  return title
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');
}

function row(cells) {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function defaultOf(field, required) {
  if (required) return '**required**';
  if (field.default === undefined) return '';
  const empty = typeof field.default === 'object' && Object.keys(field.default).length === 0;
  if (empty) return Array.isArray(field.default) ? 'empty' : '';
  return `\`${field.default}\``;
}

function meaningOf(field) {
  const examples = (field.examples ?? []).map((example) => `\`${inline(example)}\``);
  const meaning = field.description ?? '';
  return examples.length === 0 ? meaning : `${meaning} For example ${examples.join(', ')}.`;
}

function inline(example) {
  return stringify(example, { collectionStyle: 'flow', lineWidth: 0 }).trim();
}
