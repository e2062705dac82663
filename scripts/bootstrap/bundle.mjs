/**
 * `node scripts/bootstrap/bundle.mjs NAME FOLDER [META]` makes `NAME.mjs` of `apps/NAME/main.ts`, with what that imports only when it needs it in
 * files beside it. What went in and what came out stands in the file META, with paths from the root.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import { build } from 'esbuild'
import { BUNDLES } from './bundles.mjs'
import { ROOT } from './paths.mjs'

const [, , name, folder, meta] = process.argv

/** What a source looks for by its own place (`import.meta`) stands beside the source, wherever the bundle lies. */
const places = {
  name: 'places',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8')
      if (!text.includes('import.meta.')) return undefined
      const url = `new URL(${JSON.stringify(`../../../${relative(ROOT, path)}`)}, import.meta.url)`
      const contents = text
        .replaceAll('import.meta.url', `${url}.href`)
        .replaceAll('import.meta.dirname', `__fileURLToPath(new URL('.', ${url})).slice(0, -1)`)
      return { contents, loader: 'ts' }
    })
  },
}

const { metafile } = await build({
  absWorkingDir: ROOT,
  entryPoints: { [name]: `apps/${name}/main.ts` },
  outdir: folder,
  outExtension: { '.js': '.mjs' },
  chunkNames: '[name]-[hash]',
  bundle: true,
  splitting: !BUNDLES.runner.includes(name),
  platform: 'node',
  target: 'node24',
  format: 'esm',
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
  plugins: [places],
  banner: {
    // Some dependencies are CommonJS and call require(), which an ES module does not have.
    js: [
      `import { createRequire as __createRequire } from 'node:module';`,
      `import { fileURLToPath as __fileURLToPath } from 'node:url';`,
      `const require = __createRequire(import.meta.url);`,
    ].join(' '),
  },
})
const made = { inputs: Object.keys(metafile.inputs), outputs: Object.keys(metafile.outputs) }
if (meta !== undefined) writeFileSync(meta, JSON.stringify(made))
