/** Loaded before each part that keeps state (`?lock=` in its URL): the folder is its own, too. */

import { DatabaseSync } from 'node:sqlite';

const path = new URL(import.meta.url).searchParams.get('lock');
if (path === null) throw new Error('hold-state.ts?lock=<file>');

/** A shared lock for the life of the process. */
const held = new DatabaseSync(path);
held.exec('PRAGMA busy_timeout = 5000; BEGIN');
held.prepare('SELECT COUNT(*) FROM sqlite_schema').get();
