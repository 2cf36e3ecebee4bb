#!/usr/bin/env node
/** Judge drawings: exit 1 with a list when something overlaps, crosses a shape or is not drawn. */
import { readFile } from 'node:fs/promises';
import { faultsOf } from './lib/faults.mjs';

const files = process.argv.slice(2);
if (!files.length) {
  console.error('brug: node web/frontend/layout/check.mjs FIL.bpmn…');
  process.exit(2);
}
let failed = 0;
for (const file of files) {
  try {
    for (const { element, text } of await faultsOf(await readFile(file, 'utf8'))) {
      failed = 1;
      console.log(`${file}: ${element} ${text}`);
    }
  } catch (error) {
    failed = 1;
    console.log(`${file}: ${error.message}`);
  }
}
process.exitCode = failed;
