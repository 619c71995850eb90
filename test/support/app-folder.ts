/** The built app in a folder of its own, for workers that come and go. */

import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import hostJson from '../../host.json' with { type: 'json' };

/** Whoever builds the app meanwhile does not change it under the workers. @param catalog JSON */
export async function layOutApp(directory: string, catalog: string): Promise<void> {
  const built = fileURLToPath(new URL('../../dist/app', import.meta.url));
  await Promise.all([
    // Its chunks, and the fonts of reports.
    cp(built, join(directory, 'dist'), { recursive: true }),
    writeFile(join(directory, 'package.json'), JSON.stringify({ main: 'dist/main.cjs' })),
    writeFile(join(directory, 'host.json'), JSON.stringify(impatient(hostJson))),
    writeFile(join(directory, 'catalog.json'), catalog),
  ]);
}

/** Messages are looked for, and come again after a failure, ten times as soon as in production. */
function impatient(host: typeof hostJson) {
  const queues = {
    ...host.extensions.queues,
    maxPollingInterval: '00:00:00.200',
    visibilityTimeout: '00:00:01',
  };
  return { ...host, extensions: { ...host.extensions, queues } };
}
