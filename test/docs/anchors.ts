/** What `#…` behind a document's name may be. */

import GithubSlugger from 'github-slugger';

/** Of each heading, as a forge makes it. */
export function anchorsOf(document: string): Set<string> {
  const slugger = new GithubSlugger();
  const text = document.replace(/^```[\s\S]*?^```/gm, '');
  const headings = [...text.matchAll(/^#{1,6} +(.*?) *$/gm)].map(([, heading = '']) => heading);
  return new Set(headings.map((heading) => slugger.slug(asRead(heading))));
}

/** Without marks: a link is its text. */
const asRead = (heading: string): string =>
  heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[`*]/g, '');
