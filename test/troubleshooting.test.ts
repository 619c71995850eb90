/** Whoever has a word of the app before him finds it in docs/troubleshooting.md. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { partKinds } from '../shared/app/health/part.ts';
import { wrongKinds } from '../shared/board/overview/wrong-line.ts';
import { eventKinds } from '../shared/events/event.ts';
import { shownTroubleKinds } from '../shared/flexibee/types.ts';
import { problemTypes } from '../shared/http/problem.ts';
import { stageErrorSchema } from '../shared/sync/stage.ts';

const page = await readFile(new URL('../docs/troubleshooting.md', import.meta.url), 'utf8');
const sections = new Map(
  page.split(/^## /m).map((text): [string, string] => [text.split('\n')[0] ?? '', text]),
);

const kinds: Record<string, readonly string[]> = {
  Answers: Object.entries(problemTypes).map(([type, { status }]) => `\`${type}\` (${status})`),
  'The overview': wrongKinds.map((kind) => `\`${kind}\``),
  Health: partKinds.map((kind) => `\`${kind}\``),
  Events: Object.keys(eventKinds).map((kind) => `\`${kind}\``),
  'FlexiBee companies': shownTroubleKinds.map((kind) => `\`${kind}\``),
  'Errors of stages': stageErrorSchema.shape.meaning.options.map((kind) => `\`${kind}\``),
};

for (const [section, words] of Object.entries(kinds)) {
  test(`${section}: each kind has a paragraph, and no other`, () => {
    const told = [...(sections.get(section) ?? '').matchAll(/^- (`[^`]+`(?: \(\d+\))?): \S/gm)];
    const found = told.map(([, word = '']) => word.replace(/ <\w+>/, ''));
    assert.deepEqual(found.sort(), [...words].sort());
  });
}
