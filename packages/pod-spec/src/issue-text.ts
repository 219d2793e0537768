/**
 * A schema can hand only one string to the issue it raises. Ours hold the message and, on a second line, the
 * suggestion; `explainIssues` takes them apart.
 */
export function say(message: string, suggestion?: string): string {
  return suggestion === undefined ? message : `${message}\n${suggestion}`;
}

/** The two parts again. */
export function heard(text: string): { readonly message: string; readonly suggestion?: string } {
  const [message = '', suggestion] = text.split('\n', 2);
  return suggestion === undefined ? { message } : { message, suggestion };
}
