/** `/c/<company>/changes/control`, where people turn the Changes API on and off. */

import { htmlPage } from '../http/html.ts';
import { escapeXml } from '../xml/element.ts';

export function controlPage(
  title: string,
  enabled: boolean,
  globalVersion: number,
  trouble: string | undefined,
): string {
  const [action, label] = enabled ? ['disable', 'Vypnout'] : ['enable', 'Zapnout'];
  const state = enabled
    ? `<strong>zapnuté</strong>, globální verze ${globalVersion}`
    : '<strong>vypnuté</strong>';
  return htmlPage(
    `Sledování změn: ${title}`,
    `${trouble === undefined ? '' : `<pre role="alert">${escapeXml(trouble)}</pre>\n`}<p>Changes API je ${state}.</p>
<form method="post">
<button name="action" value="${action}">${label} Changes API</button>
</form>`,
  );
}
