import { isScalar, parseAllDocuments } from 'yaml';

import { nestsAbsurdly } from './nests-absurdly.js';
import { NOTHING_THERE, positionAt, syntaxProblem } from './read-document.js';

import type { Problem } from '../problem.js';
import type { ReadDocument } from './read-document.js';
import type { Document, YAMLError } from 'yaml';

/** An alias is expanded to at most so many nodes for each one written. */
const MOST_ALIASES = 100;

const TOO_DEEP = 'it is nested too deeply';

/** One mistake makes many; the first ones tell. */
const MOST_MISTAKES = 5;

/**
 * Reads YAML 1.2 documents, with `<<` merges as YAML 1.1 had them. Duplicate keys are mistakes. A document that is
 * empty between separators is left out, unless there is no other.
 */
export function readYaml(text: string): readonly ReadDocument[] {
  if (nestsAbsurdly(text)) return [{ line: 1, content: { problems: [unreadable(new Error(TOO_DEEP))] } }];
  try {
    return documentsOf(text);
  } catch (error) {
    return [{ line: 1, content: { problems: [unreadable(error)] } }];
  }
}

function documentsOf(text: string): readonly ReadDocument[] {
  const parsed = parseAllDocuments(text, { prettyErrors: false, merge: true, logLevel: 'error' });
  const documents = Array.isArray(parsed) ? parsed : [];
  const filled = documents.filter((document) => !isEmpty(document) || document.errors.length > 0);
  if (filled.length === 0) return [{ line: 1, content: { problems: [NOTHING_THERE] } }];
  return filled.map((document) => readDocument(document, text));
}

function isEmpty({ contents }: Document.Parsed): boolean {
  return contents === null || (isScalar(contents) && contents.value === null);
}

function readDocument(document: Document.Parsed, text: string): ReadDocument {
  const line = positionAt(text, document.contents?.range[0] ?? document.range[0]).line;
  if (document.errors.length > 0) {
    return { line, content: { problems: firstMistakes(document.errors, text) } };
  }
  try {
    return { line, content: { data: document.toJS({ maxAliasCount: MOST_ALIASES }) as unknown } };
  } catch (error) {
    return { line, content: { problems: [unreadable(error)] } };
  }
}

function firstMistakes(errors: readonly YAMLError[], text: string): readonly Problem[] {
  const problems = errors.slice(0, MOST_MISTAKES).map((error) => problemOf(error, text));
  return problems.filter(
    ({ message }, index) => index === problems.findIndex((other) => other.message === message),
  );
}

function problemOf(error: YAMLError, text: string): Problem {
  const position = positionAt(text, error.pos[0]);
  return syntaxProblem(
    position,
    error.code === 'DUPLICATE_KEY' ? 'this field stands here twice' : inWords(error),
  );
}

function unreadable(error: unknown): Problem {
  return { path: '', message: `cannot be read as YAML: ${inWords(error)}` };
}

/** The parser recurses, and reports the end of the stack like any other mistake. */
function inWords(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown reason';
  return error.message.includes('call stack') ? TOO_DEEP : error.message;
}
