import { readerOf } from '../settings/setting-names.ts';
import { containerIn } from '../settings/storage.ts';

/**
 * What the names of the app's queues begin with: that of its container. The host is told names when
 * functions are registered, which is before settings are checked.
 */
export const queuePrefix = containerIn(readerOf(process.env, process.platform));
