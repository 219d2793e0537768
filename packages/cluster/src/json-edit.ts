/**
 * Sets one number at the top level of a JSON object and leaves every other character as the user wrote it.
 * The text must be a valid JSON object; a missing member is added as the first one.
 */
export function setNumberMember(text: string, name: string, value: number): string {
  const open = text.indexOf('{');
  const member = [...membersOf(text, open)].findLast(({ key }) => key === name);
  if (member !== undefined) {
    return text.slice(0, member.valueStart) + String(value) + text.slice(member.valueEnd);
  }
  const rest = text.slice(open + 1);
  const space = /^\s*/.exec(rest)?.[0] ?? '';
  const isEmpty = rest[space.length] === '}';
  return `${text.slice(0, open + 1)}${space}${JSON.stringify(name)}: ${value}${isEmpty ? '' : ','}${rest}`;
}

interface Member {
  readonly key: string;
  readonly valueStart: number;
  /** Exclusive. */
  readonly valueEnd: number;
}

/** One token is a string, a structural character, or a run of anything else but white space. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

function* membersOf(text: string, open: number): Generator<Member> {
  let depth = 0;
  let key: string | undefined;
  let valueStart = -1;
  let valueEnd = -1;
  for (const { 0: token, index } of text.slice(open).matchAll(TOKEN)) {
    const isEnd = depth === 1 && (token === ',' || token === '}');
    if (isEnd && key !== undefined) {
      yield { key, valueStart, valueEnd };
    }
    if (isEnd) {
      key = undefined;
      valueStart = -1;
    } else if (depth === 1 && key === undefined) {
      key = JSON.parse(token) as string;
    } else if (depth >= 1 && !(depth === 1 && token === ':')) {
      valueStart = valueStart === -1 ? open + index : valueStart;
      valueEnd = open + index + token.length;
    }
    depth += depthChange(token);
  }
}

function depthChange(token: string): number {
  if (token === '{' || token === '[') {
    return 1;
  }
  return token === '}' || token === ']' ? -1 : 0;
}
