/** Names of files that answers are kept under. */

/** What some file system has no place for, and what would end a header. */
const unusable = /[\p{Cc}<>:"/\\|?*]/gu;

/**
 * `Content-Disposition` (RFC 6266) with the name in UTF-8 (RFC 8187), and in ASCII for whoever does
 * not read that.
 *
 * @param stem without its ending
 */
export function attachment(stem: string, ending: string): string {
  const clean = Buffer.from(stem.replaceAll(unusable, '_').trim() || '_').toString();
  const ascii = clean
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^ -~]|%/g, '_');
  const encoded = encodeURIComponent(clean).replaceAll(
    /['()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}.${ending}"; filename*=UTF-8''${encoded}.${ending}`;
}
