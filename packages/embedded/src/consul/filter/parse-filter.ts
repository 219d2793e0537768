import { FilterError } from './filter-error.js';
import {
  contains,
  equals,
  isEmpty,
  matchesPattern,
  type Matcher,
  type Selector,
} from './filter-operators.js';
import { filterTokens, type FilterToken } from './filter-tokens.js';

/**
 * Reads an expression of Consul's filter language: `==`, `!=`, `in`, `not in`, `contains`, `not contains`,
 * `is empty`, `is not empty`, `matches`, `not matches`, joined by `and`, `or`, `not` and parentheses.
 * Throws {@link FilterError}, and so may the matcher when a selector does not fit the records.
 */
export function parseFilter(expression: string): Matcher {
  const parser = new Parser(filterTokens(expression));
  const matcher = parser.alternatives();
  parser.end();
  return matcher;
}

class Parser {
  private at = 0;

  constructor(private readonly tokens: readonly FilterToken[]) {}

  alternatives(): Matcher {
    const first = this.conjunction();
    if (!this.take('or')) return first;
    const rest = this.alternatives();
    return (record) => first(record) || rest(record);
  }

  end(): void {
    const token = this.tokens[this.at];
    if (token !== undefined) throw new FilterError(`unexpected ${JSON.stringify(token.text)}`);
  }

  private conjunction(): Matcher {
    const first = this.negation();
    if (!this.take('and')) return first;
    const rest = this.conjunction();
    return (record) => first(record) && rest(record);
  }

  private negation(): Matcher {
    if (this.take('not')) return not(this.negation());
    if (!this.take('(')) return this.comparison();
    const inner = this.alternatives();
    if (!this.take(')')) throw new FilterError('rule "grouping": Unmatched parentheses');
    return inner;
  }

  private comparison(): Matcher {
    const left = this.next();
    if (this.isValueFirst()) {
      const negated = this.take('not');
      this.take('in');
      return negateIf(negated, contains(this.selector(this.next()), left.text));
    }
    return this.selectorFirst(this.selector(left));
  }

  private selectorFirst(selector: Selector): Matcher {
    if (this.take('==')) return equals(selector, this.next().text);
    if (this.take('!=')) return not(equals(selector, this.next().text));
    if (this.take('is')) {
      const negated = this.take('not');
      if (this.take('empty')) return negateIf(negated, isEmpty(selector));
      throw new FilterError('expected "empty"');
    }
    const negated = this.take('not');
    if (this.take('contains')) return negateIf(negated, contains(selector, this.next().text));
    if (this.take('matches')) return negateIf(negated, matchesPattern(selector, this.next().text));
    throw new FilterError('no match found, expected: "!=", "==", "contains", "in", "is", "matches" or "not"');
  }

  /** `value in Selector` and `value not in Selector` begin with the value. */
  private isValueFirst(): boolean {
    const [first, second] = this.tokens.slice(this.at, this.at + 2);
    return first?.text === 'in' || (first?.text === 'not' && second?.text === 'in');
  }

  /** `Meta.owner` and `Meta["owner"]` are the same. */
  private selector(token: FilterToken): Selector {
    if (token.kind !== 'word') throw new FilterError(`Selector ${JSON.stringify(token.text)} is not valid`);
    const steps = token.text.split('.');
    while (this.take('[')) {
      steps.push(this.next().text);
      if (!this.take(']')) throw new FilterError('Unclosed index expression');
    }
    return steps;
  }

  private next(): FilterToken {
    const token = this.tokens[this.at];
    if (token === undefined) throw new FilterError('no match found, the expression ends too early');
    this.at += 1;
    return token;
  }

  private take(text: string): boolean {
    const token = this.tokens[this.at];
    if (token?.text !== text || token.kind === 'value') return false;
    this.at += 1;
    return true;
  }
}

function not(matcher: Matcher): Matcher {
  return (record) => !matcher(record);
}

function negateIf(negated: boolean, matcher: Matcher): Matcher {
  return negated ? not(matcher) : matcher;
}
