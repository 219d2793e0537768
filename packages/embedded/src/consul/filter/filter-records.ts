import { Fault } from '../wire/fault.js';
import { FilterError } from './filter-error.js';
import { parseFilter } from './parse-filter.js';

/** The records that a `?filter` expression selects; all of them for an empty expression. */
export function filterRecords<T extends object>(records: readonly T[], expression: string): readonly T[] {
  if (expression === '') return records;
  try {
    return records.filter(parseFilter(expression));
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    throw new Fault(500, `Failed to create boolean expression evaluator: ${error.message}`);
  }
}
