import type { OxlintOverride } from 'oxlint'
import { COLUMNS, COMPOSITION_FILES, IMPORT_TABLE, type Permission, UNRESTRICTED } from './importTable.ts'

/** Below this only the table holds: nothing should lie so deep. */
const MAX_DEPTH = 5

interface Pattern {
  regex: string
  message: string
  importNames?: string[]
  allowTypeImports?: boolean
}

interface Place {
  readonly folder: string
  readonly isComposition: boolean
  readonly isTest: boolean
}

/**
 * Turns the import table into lint overrides: per folder, and per depth inside it, because only the depth tells
 * whether `../..` stays inside. Later overrides win, so the special files come after the folder's own.
 */
export function importOverrides(): OxlintOverride[] {
  const restricted = Object.keys(IMPORT_TABLE).flatMap((folder) => [
    {
      files: [`${folder}/**`],
      rules: restrictedImports([noProcessModule, ...tablePatterns({ folder, isComposition: false, isTest: false })]),
    },
    ...perDepth({ folder, isComposition: false, isTest: false }, '*.{ts,tsx}'),
    ...perDepth({ folder, isComposition: false, isTest: true }, '*.test.{ts,tsx}'),
    override(
      COMPOSITION_FILES.map((file) => `${folder}/${file}`),
      { folder, isComposition: true, isTest: false },
      0,
    ),
    { files: [`${folder}/test/**`], rules: restrictedImports([noProcessModule]) },
  ])
  return [
    ...restricted,
    { files: UNRESTRICTED.map((folder) => `${folder}/**`), rules: restrictedImports([noProcessModule]) },
  ]
}

function perDepth(place: Place, name: string): OxlintOverride[] {
  return Array.from({ length: MAX_DEPTH }, (_, depth) =>
    override([`${place.folder}/${'*/'.repeat(depth)}${name}`], place, depth),
  )
}

function override(files: string[], place: Place, depth: number): OxlintOverride {
  return {
    files,
    rules: restrictedImports([noProcessModule, staysInside(place.folder, depth), ...tablePatterns(place)]),
  }
}

function restrictedImports(patterns: Pattern[]): NonNullable<OxlintOverride['rules']> {
  return { 'no-restricted-imports': ['error', { patterns }] }
}

const noProcessModule: Pattern = {
  regex: '^(node:)?process$',
  message: 'The environment is read in config.ts only; the rest of `process` is a global.',
}

const bareLazy: Pattern = {
  regex: '^react$',
  importNames: ['lazy'],
  message: 'A broken line would take the page with it: `lazy` is of ui/lazy.ts.',
}

function staysInside(folder: string, depth: number): Pattern {
  return {
    regex: `^(\\./)?(\\.\\./){${depth + 1}}`,
    message: `A relative import may not leave ${folder}: import the package by its name.`,
  }
}

function tablePatterns({ folder, isComposition, isTest }: Place): Pattern[] {
  const row = IMPORT_TABLE[folder] ?? {}
  const own = folder.split('/')[1] ?? ''
  const columns = COLUMNS.filter((column) => column !== own).flatMap((column) => {
    const pattern = columnPattern(folder, column, permissionHere(row[column], isComposition))
    return pattern === undefined ? [] : [pattern]
  })
  const testkit: Pattern[] = isTest ? [] : [{ regex: '^@errand/testkit(/|$)', message: 'The testkit is for tests.' }]
  const apps: Pattern = { regex: '^@errand/(.*-app|e2e|bench)(/|$)', message: 'Only apps/local puts apps together.' }
  return [...columns, ...testkit, apps, ...(folder === 'apps/web' ? [bareLazy] : [])]
}

/** What is left of a permission in this file: outside a composition file `main` allows nothing. */
function permissionHere(
  permission: Permission | undefined,
  isComposition: boolean,
): Exclude<Permission, 'main' | 'mainSeal'> | undefined {
  if (permission === 'main') return isComposition ? 'yes' : undefined
  if (permission === 'mainSeal') return isComposition ? 'seal' : undefined
  return permission
}

function columnPattern(
  folder: string,
  column: string,
  permission: Exclude<Permission, 'main' | 'mainSeal'> | undefined,
): Pattern | undefined {
  const regex = `^@errand/${column}(/|$)`
  switch (permission) {
    case 'yes':
      return undefined
    case 'types':
      return { regex, message: `${folder} may import only types from ${column}.`, allowTypeImports: true }
    case 'seal':
      return {
        regex: `^@errand/${column}/open(/|$)`,
        message: `${folder} may only seal; opening (@errand/vault/open) is the gateway's.`,
      }
    case undefined:
      return { regex, message: `${folder} may not import ${column} here (scripts/lint/importTable.ts).` }
  }
}
