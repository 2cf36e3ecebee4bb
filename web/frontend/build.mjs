// Bundles what the browser gets into ../static/dist, with a manifest that the templates read.
import * as esbuild from 'esbuild';
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const out = fileURLToPath(new URL('../static/dist/', import.meta.url));

mkdirSync(out, { recursive: true });

const entries = readdirSync(`${here}src`).filter((name) => name.endsWith('.js'));
const built = await esbuild.build({
  absWorkingDir: here,
  entryPoints: entries.map((name) => `src/${name}`),
  outdir: out,
  bundle: true,
  format: 'esm',
  splitting: true,
  minify: true,
  target: ['es2022'],
  metafile: true,
  entryNames: '[name]-[hash]',
  chunkNames: 'c/[name]-[hash]',
  assetNames: 'a/[name]-[hash]',
  publicPath: '/static/dist/',
  loader: { '.woff': 'file', '.woff2': 'file', '.ttf': 'file', '.eot': 'empty', '.svg': 'file', '.png': 'file' },
  logLevel: 'warning',
  legalComments: 'linked',
});

const relative = (path) => path.split('static/dist/')[1];
const manifest = {};
for (const [path, output] of Object.entries(built.metafile.outputs)) {
  if (!output.entryPoint) continue;
  const needed = new Set();
  (function follow(from) {
    for (const { kind, path: to } of built.metafile.outputs[from].imports) {
      if (kind === 'import-statement' && !needed.has(to)) {
        needed.add(to);
        follow(to);
      }
    }
  })(path);
  const name = output.entryPoint.replace(/^src\/|\.js$/g, '');
  manifest[name] = {
    js: relative(path),
    css: output.cssBundle ? relative(output.cssBundle) : null,
    preload: [...needed].map(relative),
  };
}

// Documents are set in the same letters as the pages.
const fonts = `${here}node_modules/dkfds/dist/fonts/IBMPlexSans/complete/ttf`;
cpSync(fonts, `${out}fonts`, { recursive: true, filter: (path) => !path.endsWith('.ttf') || /-(Regular|Bold|Italic|BoldItalic|SemiBold)\.ttf$/.test(path) });

writeFileSync(`${out}manifest.json`, JSON.stringify(manifest, null, 1));

// What an earlier build left goes last: a site that is being served never misses a file it names.
const kept = new Set([...Object.keys(built.metafile.outputs).map(relative), 'manifest.json']);
for (const name of readdirSync(out, { recursive: true, withFileTypes: true })) {
  const path = `${name.parentPath ?? name.path}/${name.name}`.replaceAll('//', '/');
  const known = relative(path);
  if (name.isFile() && !kept.has(known) && !known.startsWith('fonts/')) rmSync(path);
}
