import { FilterError } from './filter-error.js';

/** A piece of a filter expression. `value` is a quoted text, `word` a name, number or keyword. */
export interface FilterToken {
  readonly kind: 'word' | 'value' | 'symbol';
  readonly text: string;
}

const PATTERN = /\s+|"((?:[^"\\]|\\.)*)"|`([^`]*)`|==|!=|[()[\]]|[A-Za-z0-9_./-]+/y;

/** Cuts an expression into tokens. Throws {@link FilterError} at the first character that fits nowhere. */
export function filterTokens(expression: string): readonly FilterToken[] {
  const tokens: FilterToken[] = [];
  const pattern = new RegExp(PATTERN);
  while (pattern.lastIndex < expression.length) {
    const at = pattern.lastIndex;
    const match = pattern.exec(expression);
    if (match === null) throw new FilterError(`1:${at + 1} (${at}): no match found`);
    const token = tokenOf(match);
    if (token !== undefined) tokens.push(token);
  }
  return tokens;
}

function tokenOf(match: RegExpExecArray): FilterToken | undefined {
  const [text, quoted, raw] = match;
  if (text.trim() === '') return undefined;
  if (quoted !== undefined) return { kind: 'value', text: quoted.replaceAll(/\\(.)/g, '$1') };
  if (raw !== undefined) return { kind: 'value', text: raw };
  return { kind: /^[A-Za-z0-9_./-]/.test(text) ? 'word' : 'symbol', text };
}
