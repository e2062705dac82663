/**
 * Who may import whom, as data: lint enforces it (`oxlint.config.ts`), `docs/imports.md` shows it, a test plants
 * violations of it. What a row does not name, it may not import.
 *
 * - `yes`: anywhere in the folder
 * - `main`: only where a process is put together, that is in `main.ts` and `start.ts`
 * - `types`: types only
 * - `seal`: `@errand/vault` and `@errand/vault/file`, which seal, but not `@errand/vault/open`
 * - `mainSeal`: both of these
 */
export type Permission = 'yes' | 'main' | 'types' | 'seal' | 'mainSeal'

export const COLUMNS = [
  'contracts',
  'domain',
  'store',
  'vault',
  'kube',
  'sandbox',
  'observe',
  'engine',
  'surfaces',
] as const
export type Column = (typeof COLUMNS)[number]
type Row = Partial<Record<Column, Permission>>

const executor: Row = { contracts: 'yes', domain: 'yes', observe: 'yes' }
const insideSandbox: Row = { contracts: 'yes', observe: 'yes' }

export const IMPORT_TABLE: Readonly<Record<string, Row>> = {
  'packages/contracts': {},
  'packages/domain': { contracts: 'yes' },
  'packages/observe': { contracts: 'yes' },
  'packages/store': { contracts: 'yes', domain: 'yes', observe: 'yes' },
  'packages/vault': { contracts: 'yes', observe: 'yes' },
  'packages/kube': executor,
  'packages/sandbox': executor,
  'packages/engine': { contracts: 'yes', domain: 'yes', store: 'yes', vault: 'seal', observe: 'yes' },
  'packages/surfaces': { contracts: 'yes', domain: 'yes', observe: 'yes', engine: 'yes' },
  'apps/web': { contracts: 'yes', domain: 'yes', vault: 'seal', surfaces: 'types' },
  'apps/api': {
    contracts: 'yes',
    domain: 'yes',
    store: 'main',
    vault: 'mainSeal',
    observe: 'yes',
    engine: 'main',
    surfaces: 'yes',
  },
  'apps/controller': {
    contracts: 'yes',
    domain: 'yes',
    store: 'main',
    kube: 'yes',
    sandbox: 'yes',
    observe: 'yes',
    engine: 'yes',
  },
  'apps/gateway': { contracts: 'yes', domain: 'yes', store: 'main', vault: 'yes', observe: 'yes', engine: 'yes' },
  'apps/runner': insideSandbox,
  'apps/bridge': insideSandbox,
  'apps/cli': { contracts: 'yes', domain: 'types', observe: 'yes', surfaces: 'types' },
}

/** These put others together or test them, so they may import every app's and package's entry. */
export const UNRESTRICTED = ['apps/local', 'packages/testkit', 'e2e', 'bench'] as const

export const COMPOSITION_FILES = ['main.ts', 'start.ts'] as const
