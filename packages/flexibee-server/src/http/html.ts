/** Pages for people. */

import { escapeXml } from '../xml/element.ts';

/** @param body HTML */
export function htmlPage(title: string, body: string): string {
  return `<!DOCTYPE html>
<html lang="cs">
<head><meta charset="utf-8"><title>${escapeXml(title)}</title></head>
<body>
<h1>${escapeXml(title)}</h1>
${body}
</body>
</html>
`;
}
