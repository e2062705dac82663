import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

const PAGE = fileURLToPath(new URL('../../docs/cli.md', import.meta.url))

/**
 * Compares lines of `--json` with the examples of docs/cli.md: which fields are printed and not shown there, and which are
 * shown and not printed. Lines of one `type` are held against the example that is nearest. What lies below a null or in
 * an empty list was not printed, and is not missed. An event's body is its own (`packages/contracts/events.ts`), and so is
 * the result of a tool.
 */
export async function differencesFromPage(printed: string): Promise<string[]> {
  const page = await readFile(PAGE, 'utf8')
  const examples = [...page.matchAll(/```json\n([\s\S]*?)```/g)].flatMap(([, block = '']) => linesOf(block))
  const lines = linesOf(printed)
  const types = new Set(lines.map(typeOf))
  return [...types].flatMap((type) => {
    const fields = fieldsOf(lines.filter((line) => typeOf(line) === type))
    const known = examples.filter((example) => typeOf(example) === type).map((example) => fieldsOf([example]))
    const differences = known.map((one) => differencesOf(fields, one).map((words) => `${type} ${words}`))
    return differences.toSorted((a, b) => a.length - b.length)[0] ?? [`${type}: no example`]
  })
}

/** Each path, and whether nothing lies below it. */
type Fields = ReadonlyMap<string, boolean>

function differencesOf(printed: Fields, shown: Fields): string[] {
  return [
    ...[...printed.keys()].filter((path) => !shown.has(path)).map((path) => `${path}: not documented`),
    ...[...shown.keys()]
      .filter((path) => !printed.has(path) && !isBelowNothing(path, printed))
      .map((path) => `${path}: documented, not printed`),
  ]
}

function linesOf(text: string): unknown[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as unknown)
}

function typeOf(line: unknown): string {
  return String(Reflect.get(Object(line), 'type'))
}

function fieldsOf(lines: readonly unknown[]): Fields {
  const fields = new Map<string, boolean>()
  for (const line of lines)
    for (const [path, isNothing] of pathsOf(line)) fields.set(path, (fields.get(path) ?? true) && isNothing)
  return fields
}

function* pathsOf(value: unknown, at = ''): Generator<[path: string, isNothing: boolean]> {
  if (at !== '') yield [at, value === null || (Array.isArray(value) && value.length === 0)]
  if (at === 'event' || at === 'result') return
  if (Array.isArray(value)) for (const one of value) yield* pathsOf(one, `${at}[]`)
  else if (typeof value === 'object' && value !== null)
    for (const [name, below] of Object.entries(value)) yield* pathsOf(below, at === '' ? name : `${at}.${name}`)
}

function isBelowNothing(path: string, fields: Fields): boolean {
  for (let end = path.length; end > 0; end--) {
    const above = path.slice(0, end)
    if ((path[end] === '.' || path.startsWith('[]', end)) && fields.get(above) === true) return true
  }
  return false
}
