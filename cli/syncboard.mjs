#!/usr/bin/env -S node --disable-warning=ExperimentalWarning
import '../demo/node-version.mjs';

await import('./main.ts');
