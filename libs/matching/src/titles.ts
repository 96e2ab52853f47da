/** What stands behind a title: `(2006)`, `[imdbid-tt0807840]`. */
const BEHIND = /\s*(?:\((?:19|20)\d\d\)|\[[^\]]*\])\s*$/;
const ARTICLE = /^(?:the|a|an) (?=.)/;
const PLAIN = /^[a-z0-9 ]*$/;

/**
 * A title as it is compared and searched: lower case, no accents, no punctuation, no article in front, no year or
 * id in brackets behind. Empty when nothing is left.
 */
export function normalizeTitle(title: string): string {
  let text = title;
  for (let cut = text.replace(BEHIND, ''); cut !== text && cut !== ''; cut = text.replace(BEHIND, '')) text = cut;
  text = text.toLowerCase();
  if (!PLAIN.test(text)) {
    text = text
      .normalize('NFKD')
      .replace(/\p{M}+/gu, '')
      .replace(/['’`]/g, '')
      .replace(/&/g, ' and ')
      .replace(/[^\p{L}\p{N}]+/gu, ' ');
  }
  return text.replace(/ +/g, ' ').trim().replace(ARTICLE, '');
}
