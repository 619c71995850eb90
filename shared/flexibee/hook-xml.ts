/** A web hook that was registered with `format=XML`. */

import { versionOf, type WebHook } from './hook-versions.ts';
import { tagsIn } from './xml-tags.ts';

/** `<winstrom globalVersion="8"><adresar in-version="8" …>…</adresar><next>none</next></winstrom>` */
export function readXmlHook(text: string): WebHook | undefined {
  const versions: number[] = [];
  let globalVersion: number | undefined;
  let depth = 0;
  for (const tag of tagsIn(text)) {
    if (tag === undefined) return undefined;
    const { kind, name, attributes } = tag;
    if (kind === 'end') {
      depth -= 1;
      continue;
    }
    if (depth === 0) {
      globalVersion = name === 'winstrom' ? versionOf(attributes.get('globalVersion')) : undefined;
      if (globalVersion === undefined) return undefined;
    } else if (depth === 1 && name !== 'next') {
      const version = versionOf(attributes.get('in-version'));
      if (version === undefined) return undefined;
      versions.push(version);
    }
    if (kind === 'start') depth += 1;
  }
  return globalVersion === undefined || depth !== 0 ? undefined : { globalVersion, versions };
}
