import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { COLUMNS, IMPORT_TABLE, type Permission } from '../lint/importTable.ts'
import { ROOT } from '../run.ts'

interface Planted {
  readonly file: string
  readonly text: string
  /** The rule that must fire in this file, or null when the linter must be silent. */
  readonly rule: string | null
}

const IMPORTS = 'eslint(no-restricted-imports)'
const plant = (file: string, rule: string | null, ...lines: string[]): Planted => ({
  file,
  rule,
  text: `${lines.join('\n')}\n`,
})
const value = (name: string, from: string) => `export { ${name} } from '${from}'`

/** Each cell of the table, as a value import in ordinary code, in a composition file, and as an import of a type. */
const cells = Object.entries(IMPORT_TABLE).flatMap(([folder, row]) =>
  COLUMNS.filter((column) => folder !== `packages/${column}`).flatMap((column) => {
    const permission: Permission | 'no' = row[column] ?? 'no'
    const from = `@errand/${column}`
    const inCode = permission === 'yes' || permission === 'seal'
    const inMain = inCode || permission === 'main'
    const asType = permission === 'yes' || permission === 'types' || permission === 'seal'
    const place = `${folder}/${column}Cell`
    return [
      plant(`${place}.ts`, inCode ? null : IMPORTS, `import { thing } from '${from}'`, 'export const use = thing'),
      plant(
        `${place}/deep/code.ts`,
        inCode ? null : IMPORTS,
        `import { thing } from '${from}'`,
        'export const use = thing',
      ),
      plant(
        `${place}Type.ts`,
        asType ? null : IMPORTS,
        `import type { Thing } from '${from}'`,
        'export type Use = Thing',
      ),
      ...(inMain === inCode ? [] : [plant(`${folder}/main.ts`, null, ...mainImports(row))]),
    ]
  }),
)

function mainImports(row: (typeof IMPORT_TABLE)[string]): string[] {
  return COLUMNS.filter((column) => row[column] === 'main').map((column) => value(`the${column}`, `@errand/${column}`))
}

const boundaries = [
  plant('packages/engine/sealed.ts', null, value('sealFor', '@errand/vault')),
  plant('packages/engine/opened.ts', IMPORTS, value('open', '@errand/vault/open')),
  plant('apps/api/start.ts', IMPORTS, value('open', '@errand/vault/open')),
  plant('apps/web/seal.ts', null, value('sealFor', '@errand/vault')),
  plant('apps/web/opens.ts', IMPORTS, value('open', '@errand/vault/open')),
  plant('apps/gateway/opens.ts', null, value('open', '@errand/vault/open')),
  plant('apps/api/main.ts', null, value('connect', '@errand/store'), value('sealFor', '@errand/vault')),
  plant('apps/controller/start.ts', IMPORTS, value('sealFor', '@errand/vault')),
  plant('apps/runner/start.ts', IMPORTS, value('connect', '@errand/store')),
  plant('apps/api/viaApp.ts', IMPORTS, value('start', '@errand/gateway-app')),
  plant('apps/local/start.ts', null, value('start', '@errand/gateway-app'), value('open', '@errand/vault/open')),
  plant('packages/domain/escape.ts', IMPORTS, value('x', '../contracts/index.ts')),
  plant('packages/domain/run/escape.ts', IMPORTS, value('x', '../../contracts/index.ts')),
  plant('packages/domain/run/escapeDot.ts', IMPORTS, value('x', './../../contracts/index.ts')),
  plant('packages/domain/a/b/c/d/e/f/tooDeep.ts', IMPORTS, value('connect', '@errand/store')),
  plant('packages/domain/run/inside.ts', null, value('x', '../ids.ts')),
  plant('packages/domain/usesTestkit.ts', IMPORTS, value('aRun', '@errand/testkit')),
  plant('packages/domain/usesTestkit.test.ts', null, value('aRun', '@errand/testkit')),
  plant('packages/domain/reachesStore.test.ts', IMPORTS, value('connect', '@errand/store')),
  plant(
    'packages/domain/test/whole.test.ts',
    null,
    value('connect', '@errand/store'),
    value('aRun', '@errand/testkit'),
  ),
]

const rules = [
  plant('packages/domain/env.ts', 'node(no-process-env)', 'export const home = process.env.HOME'),
  plant('packages/domain/envModule.ts', IMPORTS, "export { env } from 'node:process'"),
  plant('apps/api/config.ts', null, 'export const home = process.env.HOME'),
  plant('packages/domain/log.ts', 'eslint(no-console)', "console.log('x')"),
  plant('apps/cli/output.ts', null, "console.log('x')"),
  plant('packages/domain/any.ts', 'typescript(no-explicit-any)', 'export const f = (x: any) => String(x)'),
  plant('packages/domain/bang.ts', 'typescript(no-non-null-assertion)', 'export const f = (x?: string) => x!.length'),
  plant('packages/domain/swallow.ts', 'eslint(no-empty)', 'try {', '  JSON.parse("")', '} catch {}'),
  plant(
    'packages/domain/float.ts',
    'typescript(no-floating-promises)',
    'export function f() {',
    '  Promise.resolve(1)',
    '}',
  ),
  plant(
    'packages/domain/misuse.ts',
    'typescript(no-misused-promises)',
    '[1].forEach(async () => {',
    '  await Promise.resolve()',
    '})',
  ),
  plant(
    'packages/domain/inexhaustive.ts',
    'typescript(switch-exhaustiveness-check)',
    "export function f(x: 'a' | 'b') {",
    '  switch (x) {',
    "    case 'a':",
    '      return 1',
    '  }',
    '  return 2',
    '}',
  ),
  plant('packages/domain/cycleA.ts', 'import(no-cycle)', "import { b } from './cycleB.ts'", 'export const a = () => b'),
  plant('packages/domain/cycleB.ts', 'import(no-cycle)', "import { a } from './cycleA.ts'", 'export const b = () => a'),
  plant('packages/domain/default.ts', 'import(no-default-export)', 'export default 1'),
  plant(
    'packages/domain/long.ts',
    'eslint(max-lines)',
    ...Array.from({ length: 401 }, (_, i) => `export const n${i} = ${i}`),
  ),
  plant(
    'packages/domain/longFn.ts',
    'eslint(max-lines-per-function)',
    'export function f(x: number) {',
    ...Array(60).fill('  x += 1'),
    '  return x',
    '}',
  ),
  plant('apps/web/features/lazy.ts', IMPORTS, "import { lazy } from 'react'", 'export const part = lazy'),
  plant(
    'packages/domain/mock.test.ts',
    'vitest(no-restricted-vi-methods)',
    "import { vi } from 'vitest'",
    "vi.mock('./x.ts')",
  ),
  plant(
    'packages/domain/only.test.ts',
    'vitest(no-focused-tests)',
    "import { it } from 'vitest'",
    "it.only('x', () => {})",
  ),
  plant(
    'packages/domain/skip.test.ts',
    'vitest(no-disabled-tests)',
    "import { it } from 'vitest'",
    "it.skip('x', () => {})",
  ),
  plant(
    'packages/domain/describeOnly.test.ts',
    'vitest(no-focused-tests)',
    "import { describe } from 'vitest'",
    "describe.only('x', () => {})",
  ),
  plant(
    'e2e/skip.test.ts',
    'vitest(no-disabled-tests)',
    "import { describe } from 'vitest'",
    "describe.skip('x', () => {})",
  ),
  plant(
    'packages/domain/ignored.ts',
    'typescript(ban-ts-comment)',
    '// @ts-ignore because',
    'export const x: number = 1',
  ),
]

/** Two cells of one row ask for the same main.ts. */
const planted = [...new Map([...cells, ...boundaries, ...rules].map((one) => [one.file, one])).values()]

let tree = ''
let found: Map<string, string[]>

beforeAll(async () => {
  tree = await mkdtemp(join(tmpdir(), 'errand-lint-'))
  await Promise.all(
    ['oxlint.config.ts', 'tsconfig.json', 'package.json'].map((file) => cp(join(ROOT, file), join(tree, file))),
  )
  await cp(join(ROOT, 'scripts/lint'), join(tree, 'scripts/lint'), { recursive: true })
  await symlink(join(ROOT, 'node_modules'), join(tree, 'node_modules'))
  for (const { file, text } of planted) {
    await mkdir(dirname(join(tree, file)), { recursive: true })
    await writeFile(join(tree, file), text)
  }
  found = await lint(tree)
})

afterAll(() => rm(tree, { recursive: true, force: true }))

async function lint(cwd: string): Promise<Map<string, string[]>> {
  const output = await new Promise<string>((resolve) => {
    const args = [join(ROOT, 'node_modules/oxlint/bin/oxlint'), '--format=json', 'packages', 'apps', 'e2e']
    execFile(process.execPath, args, { cwd, maxBuffer: 64 << 20 }, (_, stdout) => resolve(stdout))
  })
  const { diagnostics } = JSON.parse(output) as { diagnostics: { filename: string; code: string }[] }
  const byFile = new Map<string, string[]>()
  for (const { filename, code } of diagnostics) byFile.set(filename, [...(byFile.get(filename) ?? []), code])
  return byFile
}

describe('the import table', () => {
  it.each(Object.keys(IMPORT_TABLE))('holds for %s, cell by cell', (folder) => {
    const own = cells.filter(({ file }) => file.startsWith(`${folder}/`))
    expect(own.filter(({ file }) => firedImport(file)).map(({ file }) => file)).toEqual(
      own.filter(({ rule }) => rule === IMPORTS).map(({ file }) => file),
    )
  })

  it.each(boundaries.map((one) => [one.rule === null ? 'allows' : 'refuses', one.file, one] as const))(
    '%s %s',
    (_, file, { rule }) => expect(firedImport(file)).toBe(rule === IMPORTS),
  )
})

function firedImport(file: string): boolean {
  return (found.get(file) ?? []).includes(IMPORTS)
}

describe('the rules', () => {
  it.each(rules.map((one) => [one.rule, one.file, one] as const))('%s in %s', (rule, file) => {
    const fired = found.get(file) ?? []
    if (rule === null) expect(fired).toEqual([])
    else expect(fired).toContain(rule)
  })
})
