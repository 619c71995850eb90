/** Rows as the API sends them: read as far as the page keeps them, numbers with all their digits. */

/** What a value is in an answer: a number is the text that was sent, digit for digit. */
export type Cell = string | boolean | null;

export interface Row {
  readonly [key: string]: Cell | readonly NestedRows[] | undefined;
  readonly datasets?: readonly NestedRows[];
}

export interface NestedRows {
  readonly name: string;
  readonly items: readonly Row[];
}

export interface Answer {
  items: readonly Row[];
  /** Of the root, however few are shown. */
  count: number | undefined;
  /** Where the page after this one begins. */
  next: string | undefined;
  /** More was sent than the page keeps. */
  isCut: boolean;
}

/** @param mostLetters beyond which no more is read: the server ends its query then */
export async function readAnswer(
  stream: ReadableStream<Uint8Array>,
  mostLetters: number,
): Promise<Answer> {
  let text = '';
  let isCut = false;
  const decoder = new TextDecoder();
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    text += decoder.decode(value, { stream: !done });
    if (done) break;
    if (text.length > mostLetters) {
      isCut = true;
      await reader.cancel();
      break;
    }
  }
  const { items, count, next } = parse(isCut ? wholeItems(text) : text) as Partial<Answer>;
  return {
    items: items ?? [],
    count: count === undefined ? undefined : Number(count),
    next,
    isCut,
  };
}

function parse(text: string): unknown {
  return JSON.parse(text, ((_key: string, value: unknown, context?: { source?: string }) =>
    typeof value === 'number' ? (context?.source ?? String(value)) : value) as (
    key: string,
    value: unknown,
  ) => unknown);
}

/** An answer that breaks off, as JSON with the rows that came whole. */
export function wholeItems(text: string): string {
  const begun = text.indexOf('[');
  let depth = 0;
  let end = begun;
  let isText = false;
  for (let at = begun + 1; at < text.length; at += 1) {
    const letter = text[at];
    if (isText) {
      if (letter === '\\') at += 1;
      else if (letter === '"') isText = false;
    } else if (letter === '"') isText = true;
    else if (letter === '{' || letter === '[') depth += 1;
    else if (letter === '}' || letter === ']') {
      depth -= 1;
      if (depth === 0) end = at;
      if (depth < 0) break;
    }
  }
  return `${text.slice(0, end + 1)}]}`;
}
