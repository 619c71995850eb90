/** Whoever has applied a script is refused by `sql:install` once its text is another. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readScripts } from '../../sql/scripts.ts';

/** As they are in version 0.1.0; the next version adds those that are new in it. */
const released: Readonly<Record<string, string>> = {
  '001-applied-scripts': '175ab3ab25bda6771abac8f0e57544c364ad78434f52489248850b51dbded114',
  '002-runner-role': '35e27a052a760ddc43efffd8da8c1fdc402b98513f00ba1bb0d5279373ff4830',
  '003-flexibee': '32cf757343cf2fa26353d68ac0e1054a6894c6f4a9259f20da7a11ff0bd3bc18',
  '004-dynsql': 'c59f6a669dce5e98972334526e37e73e1f153bf7c1d52411367ff411c083d86f',
  '005-flexibee-page': '4840a2bb12e121b3433bd8f8ebd681db065c97925b8a05ffb49b8ed534992773',
  '006-flexi': '6151cdd4cf6e2bfe2df1eae4c501724f8a18a3f7414c5035203381f4886c8d4b',
  '007-flexi-shape': '647fe35fda0164667546ae836ace22addc846f6230f01b2668d912aaf26f2cda',
  '008-flexi-fill': '617309cc6600219d8ca97fb67683db33e8000270cc2a31548079be5526aaa707',
  '009-flexi-shipped': '4bd709dd9624576d2ac7f12cbd4dc9173ff489bfed8bf5787d48a854f1896eba',
  '010-flexibee-list': '345d3eebbcd1bc62c1e9cc65e91cbcc205916dc806e76def4bea6e6987706faa',
};

test('scripts of a version that was released stay as they are: what changes is a script of its own', async () => {
  const scripts = await readScripts(fileURLToPath(new URL('../../sql/install', import.meta.url)));
  const here = Object.fromEntries(scripts.map(({ name, sha256 }) => [name, sha256]));
  for (const [name, sha256] of Object.entries(released)) assert.equal(here[name], sha256, name);
});
