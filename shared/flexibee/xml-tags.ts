/** Tags of XML in one pass, without what is between them: enough for the versions of a web hook. */

export interface Tag {
  /** `empty`: start and end in one. */
  kind: 'start' | 'end' | 'empty';
  name: string;
  attributes: ReadonlyMap<string, string>;
}

/** What may hold angle brackets that are no tags. */
const sections = [
  { begin: '<!--', end: '-->' },
  { begin: '<![CDATA[', end: ']]>' },
  { begin: '<?', end: '?>' },
  { begin: '<!', end: '>' },
] as const;

/** In order; undefined, as the last, for one that is cut off. References in values stay as they are. */
export function* tagsIn(text: string): Generator<Tag | undefined, void, undefined> {
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at)) {
    const section = sections.find(({ begin }) => text.startsWith(begin, at));
    if (section !== undefined) {
      const end = text.indexOf(section.end, at + section.begin.length);
      if (end < 0) return yield undefined;
      at = end + section.end.length;
      continue;
    }
    const read = tagAt(text, at);
    if (read === undefined) return yield undefined;
    yield read.tag;
    at = read.end;
  }
}

function tagAt(text: string, start: number): { tag: Tag; end: number } | undefined {
  const attributes = new Map<string, string>();
  const stop = /["'>]/g;
  stop.lastIndex = start + 1;
  let name: string | undefined;
  for (let from = start + 1; ; from = stop.lastIndex) {
    const found = stop.exec(text);
    if (found === null) return undefined;
    // ` key = ` before a quote, or what is left before the end.
    const words = text.slice(from, found.index).trim();
    name ??= words.split(/\s/, 1)[0] ?? '';
    if (found[0] === '>') {
      const isEmpty = words.endsWith('/');
      const kind = name.startsWith('/') ? 'end' : isEmpty ? 'empty' : 'start';
      const bare = name.replaceAll('/', '');
      return { tag: { kind, name: bare, attributes }, end: stop.lastIndex };
    }
    const close = text.indexOf(found[0], stop.lastIndex);
    if (close < 0) return undefined;
    const key = words.replace(/\s*=$/, '').split(/\s/).at(-1) ?? '';
    attributes.set(key, text.slice(stop.lastIndex, close));
    stop.lastIndex = close + 1;
  }
}
