/** Answers that a model can read at once: the longest lists of a larger one are cut. */

/** Letters of JSON: about ten thousand tokens. */
export const mostLetters = 40_000;

export interface Fitted {
  /** JSON, at most so many letters. */
  text: string;
  /** What was left out: `stages: the first 60 of 480`. */
  cuts: string[];
}

interface List {
  holder: object;
  key: string;
  path: string;
  items: unknown[];
  letters: number;
}

/**
 * Halves whichever list has the most letters until the whole fits.
 *
 * @param value JSON that nobody else has: its lists are replaced
 */
export function fitted(value: unknown, most = mostLetters): Fitted {
  const root = { value };
  const sizes = new Map<string, number>();
  const cut = new Map<string, number>();
  let text = JSON.stringify(value);
  while (text.length > most) {
    const [longest] = listsIn(root, '')
      .filter(({ items }) => items.length > 1)
      .sort((one, other) => other.letters - one.letters);
    if (longest === undefined) return { text: text.slice(0, most), cuts: ['the end of the text'] };
    const { holder, key, path, items } = longest;
    const kept = items.slice(0, Math.floor(items.length / 2));
    if (!sizes.has(path)) sizes.set(path, items.length);
    cut.set(path, kept.length);
    Reflect.set(holder, key, kept);
    text = JSON.stringify(root.value);
  }
  const cuts = [...cut].map(([path, shown]) => `${path}: the first ${shown} of ${sizes.get(path)}`);
  return { text, cuts };
}

function listsIn(holder: object, path: string): List[] {
  return Object.entries(holder).flatMap(([key, value]: [string, unknown]) => {
    if (typeof value !== 'object' || value === null) return [];
    const name = Array.isArray(holder) ? `${path}[${key}]` : [path, key].filter(Boolean).join('.');
    const at = path === '' && key === 'value' ? '' : name;
    const inside = listsIn(value, at);
    if (!Array.isArray(value)) return inside;
    const letters = JSON.stringify(value).length;
    return [{ holder, key, path: at || 'the list', items: value, letters }, ...inside];
  });
}
