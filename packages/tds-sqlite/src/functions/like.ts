/** T-SQL's LIKE (`%`, `_`, `[a-z]`, `[^x]`, ESCAPE) and PATINDEX as regular expressions. */

const cache = new Map<string, RegExp>();

const escapeChar = (char: string) => char.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

/** Ignores case, as SQL Server's default collation does, unless `exact`. */
export function likePattern(
  pattern: string,
  mark: string | null,
  anchored = true,
  exact = false,
): RegExp {
  const key = `${anchored}${exact}${mark ?? ''}\n${pattern}`;
  const existing = cache.get(key);
  if (existing) return existing;
  let source = '';
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i] ?? '';
    if (mark && char === mark) source += escapeChar(pattern[++i] ?? '');
    else if (char === '%') source += '.*';
    else if (char === '_') source += '.';
    else if (char === '[') {
      const end = pattern.indexOf(']', i + 2);
      if (end === -1) {
        // An unclosed set matches nothing.
        source += '(?!)';
        break;
      }
      const inner = pattern.slice(i + 1, end);
      const negated = inner.startsWith('^');
      const members = (negated ? inner.slice(1) : inner).replace(/[\\\]^[]/g, '\\$&');
      source += `[${negated ? '^' : ''}${members}]`;
      i = end;
    } else source += escapeChar(char);
  }
  const expression = new RegExp(anchored ? `^${source}$` : source, exact ? 's' : 'is');
  if (cache.size > 500) cache.clear();
  cache.set(key, expression);
  return expression;
}

export function like(value: string, pattern: string, mark: string | null, exact = false): boolean {
  // Trailing blanks of the value don't count against the pattern.
  const expression = likePattern(pattern, mark, true, exact);
  return expression.test(value) || (value.endsWith(' ') && expression.test(value.trimEnd()));
}

export function patternIndex(pattern: string, value: string): number {
  const open = pattern.startsWith('%');
  const inner = pattern.slice(open ? 1 : 0, pattern.endsWith('%') ? -1 : undefined);
  const anchoredEnd = !pattern.endsWith('%');
  const base = likePattern(inner, null, false).source;
  const found = new RegExp(`${open ? '' : '^'}(?:${base})${anchoredEnd ? '$' : ''}`, 'is').exec(
    value,
  );
  return found ? found.index + 1 : 0;
}
