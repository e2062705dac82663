/**
 * What each npm script needs and starts. `needs` beyond the toolchain and the dependencies: `runner` = what goes into
 * sandboxes as one file, `server` = the one process, `processes` = api, controller and gateway, `web` = the pages, `system` = bubblewrap and git.
 */
export const COMMANDS = {
  start: { needs: ['runner', 'server', 'web', 'system'], run: ['apps/local/dist/local.mjs'] },
  test: { needs: ['runner', 'system'], run: ['scripts/test.ts'] },
  check: { needs: [], run: ['scripts/check.ts'] },
  fix: { needs: [], run: ['scripts/fix.ts'] },
  docs: { needs: [], run: ['scripts/docs.ts'] },
  e2e: { needs: ['runner', 'server', 'processes', 'web', 'system'], run: ['scripts/e2e.ts'] },
  conformance: { needs: [], run: ['scripts/conformance.ts'] },
  bench: { needs: ['runner', 'server', 'processes', 'web', 'system'], run: ['scripts/bench.ts'] },
  pictures: { needs: ['runner', 'server', 'web', 'system'], run: ['scripts/pictures.ts'] },
  'build:web': { needs: ['web'], run: null },
  'build:runner': { needs: ['runner'], run: null },
  'rotate-keys': { needs: [], run: ['apps/local/rotateKeys.ts'] },
  setup: { needs: ['runner', 'server', 'processes', 'web', 'system'], run: null },
}
