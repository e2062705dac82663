import { globSync } from 'node:fs'
import type { KnipConfig } from 'knip'

const workspaces = ['packages/*', 'apps/*', 'e2e', 'bench']
/** A workspace that is only a package.json yet has nothing to judge. */
const empty = workspaces
  .flatMap((pattern) => globSync(pattern))
  .filter((folder) => globSync(`${folder}/{*,!(node_modules)/**/*}.ts`).length === 0)

const config: KnipConfig = {
  ignoreWorkspaces: empty,
  ignoreExportsUsedInFile: true,
  // Every package's tests may use it, so every package names it.
  ignoreDependencies: ['@errand/testkit'],
  workspaces: {
    '.': {
      // Started by path or by hand (esbuild, drizzle-kit), or used by types alone in the packages.
      ignoreDependencies: ['esbuild', 'drizzle-kit', 'fast-check', /^@types\//],
      entry: [
        'scripts/{test,e2e,bench,conformance,fix,check,suppressions,docs,pictures}.ts',
        'scripts/test/**/*.test.ts',
        'scripts/bootstrap/bundle.mjs',
        'vitest.e2e.config.ts',
      ],
      project: ['scripts/**/*.{ts,mjs}', '*.config.ts'],
    },
    'packages/*': {
      entry: ['index.ts', 'embedded/serve.ts', 'test/**/*.ts'],
      project: '**/*.{ts,tsx}',
      ignoreBinaries: ['unshare'],
    },
    // Next's own entries are known to knip.
    // server-only is Next's own.
    'apps/web': { project: '**/*.{ts,tsx,css}', ignoreDependencies: ['server-only'] },
    // The conformance suite is started by path.
    'apps/*': {
      entry: ['main.ts', 'start.ts', 'rotateKeys.ts', 'test/**/*.ts'],
      project: '**/*.{ts,tsx}',
      ignoreDependencies: ['@modelcontextprotocol/conformance'],
    },
    // axe-core goes into pages as text.
    e2e: {
      entry: ['**/*.test.ts', 'harness/globalSetup.ts'],
      project: '**/*.ts',
      ignoreDependencies: ['axe-core'],
      ignoreBinaries: ['nsenter'],
    },
    // Threads and processes are started by path, as are the bridges that ours is compared with; bubblewrap is the machine's.
    bench: {
      entry: ['*/{main,hop,model,gateway,upstream,loopback}.ts'],
      ignoreDependencies: ['supergateway', 'mcp-proxy'],
      project: '**/*.ts',
      ignoreBinaries: ['bwrap'],
    },
  },
}

export default config
