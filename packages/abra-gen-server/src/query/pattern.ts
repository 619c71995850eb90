/** Text with `*` in it for any characters. */

const compiled = new Map<string, RegExp>();
const mostCompiled = 100;

export function matchesPattern(text: string, pattern: string, caseInsensitive: boolean): boolean {
  const name = `${caseInsensitive ? 'i' : ''}:${pattern}`;
  let expression = compiled.get(name);
  if (expression === undefined) {
    const source = pattern
      .split('*')
      .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
      .join('.*');
    expression = new RegExp(`^${source}$`, caseInsensitive ? 'isu' : 'su');
    if (compiled.size >= mostCompiled) compiled.clear();
    compiled.set(name, expression);
  }
  return expression.test(text);
}
