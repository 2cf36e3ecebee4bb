#!/usr/bin/env node
/** Draw diagrams: write (or replace) the diagram interchange of BPMN files, leaving the rest as it is. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { layoutDiagram } from './lib/diagram.mjs';
import { writeDi } from './lib/di.mjs';
import { parse, readDiagram } from './lib/read.mjs';

export async function layoutXml(xml) {
  const { definitions, warnings } = await parse(xml);
  const drawing = readDiagram(definitions);
  return { xml: writeDi(xml, definitions, drawing, layoutDiagram(drawing)), warnings };
}

async function main(files) {
  if (!files.length) {
    console.error('brug: node web/frontend/layout/layout.mjs FIL.bpmn…');
    return 2;
  }
  let failed = 0;
  for (const file of files) {
    try {
      const before = await readFile(file, 'utf8');
      const { xml, warnings } = await layoutXml(before);
      for (const text of warnings.filter((w) => !/_di>|BPMNShape|BPMNEdge|bpmnElement/.test(w))) console.error(`${file}: ${text}`);
      if (xml !== before) {
        await writeFile(`${file}.new`, xml);
        await rename(`${file}.new`, file);
      }
      console.log(`${file}: tegnet`);
    } catch (error) {
      failed = 1;
      console.error(`${file}: ${error.message}`);
      if (process.env.DEBUG) console.error(error);
    }
  }
  return failed;
}

if (import.meta.url === `file://${process.argv[1]}` || process.argv[1]?.endsWith('layout/layout.mjs')) {
  process.exitCode = await main(process.argv.slice(2));
}
