/** Which language a client asked for, by RFC 9110 section 12.5.4 and RFC 4647 (lookup). */

/**
 * The first of `languages` that the header likes best; `otherwise` where it names none of them.
 *
 * @param languages primary tags: `en`, `cs`
 */
export function preferredLanguage<L extends string>(
  header: string | null,
  languages: readonly L[],
  otherwise: L,
): L {
  const ranges = (header ?? '').split(',').flatMap((range) => {
    const [, tag, quality = '1'] =
      /^\s*([a-z]{1,8}|\*)(?:-[a-z0-9]{1,8})*\s*(?:;\s*q=([01](?:\.\d{0,3})?))?\s*$/i.exec(range) ??
      [];
    return tag === undefined ? [] : [{ tag: tag.toLowerCase(), quality: Number(quality) }];
  });
  const wanted = ranges.filter(({ quality }) => quality > 0);
  for (const { tag } of wanted.toSorted((one, other) => other.quality - one.quality)) {
    const found = tag === '*' ? otherwise : languages.find((language) => language === tag);
    if (found !== undefined) return found;
  }
  return otherwise;
}
