import { describeValue } from '../describe-value.js';
import { JsonScanner } from './json-scanner.js';
import { NOTHING_THERE, positionAt, syntaxProblem } from './read-document.js';

import type { ReadDocument } from './read-document.js';

/**
 * Reads one JSON value (RFC 8259). JSON.parse says neither where a mistake is nor that a key stands twice, so a
 * scanner looks first.
 */
export function readJson(text: string): ReadDocument {
  if (text.trim() === '') return { line: 1, content: { problems: [NOTHING_THERE] } };
  const mistakes = new JsonScanner(text).scan();
  if (mistakes.length > 0) {
    const problems = mistakes.map(({ offset, message }) => syntaxProblem(positionAt(text, offset), message));
    return { line: 1, content: { problems } };
  }
  try {
    const data: unknown = JSON.parse(text);
    return { line: 1, content: { data } };
  } catch (error) {
    const message = `is not JSON: ${error instanceof Error ? error.message : describeValue(error)}`;
    return { line: 1, content: { problems: [{ path: '', message }] } };
  }
}
