#!/usr/bin/env node
/** Pictures of diagrams, as people see them: bpmn-js in a headless Chromium, to PNG and SVG. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { chromium } from 'playwright-core';

const require = createRequire(import.meta.url);
const viewer = join(dirname(require.resolve('bpmn-js/package.json')), 'dist', 'bpmn-navigated-viewer.production.min.js');
const BROWSERS = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--force-color-profile=srgb',
];
const MARGIN = 20;

async function openPage(profile) {
  const executablePath = BROWSERS.find((path) => path && existsSync(path));
  const context = await chromium.launchPersistentContext(profile, {
    ...(executablePath ? { executablePath } : {}), headless: true, args: FLAGS, viewport: { width: 1600, height: 900 },
  });
  const page = context.pages()[0] ?? await context.newPage();
  await page.setContent('<!doctype html><body style="margin:0;background:#fff"><div id="canvas" style="width:1600px;height:900px"></div>');
  await page.addScriptTag({ path: viewer });
  return { context, page };
}

async function render(page, xml, scale) {
  const { svg, warnings, size } = await page.evaluate(async ({ text, margin }) => {
    document.body.innerHTML = '<div id="canvas" style="width:1600px;height:900px"></div>';
    const bpmn = new globalThis.BpmnJS({ container: '#canvas' });
    const { warnings } = await bpmn.importXML(text);
    const { svg } = await bpmn.saveSVG();
    const box = bpmn.get('canvas').viewbox().inner;
    document.body.innerHTML = svg.slice(svg.indexOf('<svg'));
    const picture = document.querySelector('svg');
    const view = [box.x - margin, box.y - margin, box.width + 2 * margin, box.height + 2 * margin];
    picture.setAttribute('viewBox', view.join(' '));
    picture.setAttribute('width', view[2]);
    picture.setAttribute('height', view[3]);
    picture.style.display = 'block';
    return { svg: picture.outerHTML, warnings: warnings.map((w) => w.message), size: { width: view[2], height: view[3] } };
  }, { text: xml, margin: MARGIN });
  const width = Math.ceil(size.width * scale), height = Math.ceil(size.height * scale);
  await page.setViewportSize({ width, height });
  await page.evaluate(([w, h]) => {
    const picture = document.querySelector('svg');
    picture.setAttribute('width', w);
    picture.setAttribute('height', h);
  }, [width, height]);
  return { svg, warnings, png: await page.screenshot({ type: 'png' }) };
}

async function main(args) {
  const files = [];
  let out = '.', scale = 1;
  for (let i = 0; i < args.length; i++) {
    if (args[i] === '--out') out = args[++i];
    else if (args[i] === '--scale') scale = Number(args[++i]);
    else files.push(args[i]);
  }
  if (!files.length || !out || !(scale > 0)) {
    console.error('brug: node web/frontend/layout/render.mjs FIL.bpmn… --out MAPPE [--scale 1]');
    return 2;
  }
  await mkdir(out, { recursive: true });
  const profile = await mkdtemp(join(tmpdir(), 'overligger-render-'));
  const { context, page } = await openPage(profile);
  let failed = 0;
  try {
    for (const file of files) {
      try {
        const { svg, png, warnings } = await render(page, await readFile(file, 'utf8'), scale);
        const name = join(out, basename(file, '.bpmn'));
        await writeFile(`${name}.svg`, svg);
        await writeFile(`${name}.png`, png);
        console.log(`${name}.png`);
        for (const text of warnings) console.error(`${file}: ${text}`);
      } catch (error) {
        failed = 1;
        console.error(`${file}: ${error.message}`);
      }
    }
  } finally {
    await context.close();
    await rm(profile, { recursive: true, force: true });
  }
  return failed;
}

process.exitCode = await main(process.argv.slice(2));
