/** Lower case without diacritics: `Žluťoučký` becomes `zlutoucky`. */
export const plain = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase();
