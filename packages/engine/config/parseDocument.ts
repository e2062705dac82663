import { type ConfigDocument, documentSchema, Fault } from '@errand/contracts'
import { isStorable } from '@errand/store'
import { type Document, isMap, isScalar, LineCounter, parseAllDocuments } from 'yaml'
import type * as z from 'zod'
import { fieldNames } from './fieldNames.ts'
import { closestName } from './closestName.ts'

const MAX_SHOWN = 5

/** Reads one YAML document. Fault `yaml.invalid` names line and field; a field that is not known is refused. */
export function parseDocument(source: string): ConfigDocument {
  const lines = new LineCounter()
  const documents = parseAllDocuments(source, { lineCounter: lines, prettyErrors: false, uniqueKeys: true })
  if ('empty' in documents) throw invalid('The document is empty.')
  const lineOf = (offset: number): number => Math.max(1, lines.linePos(offset).line)
  for (const { errors, warnings } of documents) {
    const [first] = [...errors, ...warnings]
    if (first !== undefined) throw invalid(`line ${lineOf(first.pos[0])}: ${first.message}`)
  }
  const [document, second] = documents.filter(
    ({ contents }) => contents !== null && !(isScalar(contents) && contents.value === null),
  )
  if (document === undefined) throw invalid('The document is empty.')
  if (second !== undefined)
    throw invalid(`line ${lineOf(second.range[0])}: one document is expected here, this is a second.`)

  const value = plainValue(document)
  const parsed = documentSchema.safeParse(value)
  if (parsed.success && isStorable(parsed.data)) return parsed.data
  if (parsed.success) throw invalid('It holds a NUL or half a character.')
  const words = parsed.error.issues.flatMap((issue) => explain(issue, { document, value, lineOf }))
  throw invalid([...new Set(words)].slice(0, MAX_SHOWN).join('; '))
}

interface Place {
  readonly document: Document
  readonly value: unknown
  readonly lineOf: (offset: number) => number
}

function explain(issue: z.core.$ZodIssue, place: Place): readonly string[] {
  const { path } = issue
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const near = closestName(key, fieldNames(documentSchema, place.value, path))
      const question = near === undefined ? '' : ` (did you mean ${near}?)`
      return `line ${lineAt(place, [...path, key])}: ${nameOf([...path, key])} is not a field${question}`
    })
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const nested = issue.errors.flat().map((one) => ({ ...one, path: [...path, ...one.path] }))
    const unknown = nested.filter((one) => one.code === 'unrecognized_keys')
    return (unknown.length > 0 ? unknown : nested.slice(0, 1)).flatMap((one) => explain(one, place))
  }
  return [`line ${lineAt(place, path)}: ${nameOf(path)} ${wordsOf(issue, place)}`]
}

function wordsOf(issue: z.core.$ZodIssue, { value }: Place): string {
  const isMissing = at(value, issue.path) === undefined
  const taken =
    issue.code === 'invalid_value'
      ? issue.values
      : issue.code === 'invalid_union' && 'options' in issue && Array.isArray(issue.options)
        ? issue.options
        : []
  if (taken.length > 0) return `${isMissing ? 'is missing: it takes' : 'takes'} ${taken.map(String).join(', ')}`
  if (isMissing) return 'is missing'
  return `does not fit: ${issue.message}`
}

function nameOf(path: readonly PropertyKey[]): string {
  return path.length === 0 ? 'the document' : path.map(String).join('.')
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (part, key) => (part !== null && typeof part === 'object' ? Reflect.get(part, key) : undefined),
    value,
  )
}

/** Of the key itself where it stands in a map; of what is around it where it is missing. */
function lineAt({ document, lineOf }: Place, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const parent: unknown = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true)
    const key = path[length - 1]
    if (isMap(parent)) {
      const pair = parent.items.find((item) => (isScalar(item.key) ? item.key.value : item.key) === key)
      if (isScalar(pair?.key) && pair.key.range) return lineOf(pair.key.range[0])
    }
    const node: unknown = document.getIn(path.slice(0, length), true)
    const range = rangeOf(node)
    if (range !== undefined) return lineOf(range)
  }
  return lineOf(rangeOf(document.contents) ?? 0)
}

function rangeOf(node: unknown): number | undefined {
  if (node === null || typeof node !== 'object' || !('range' in node) || !Array.isArray(node.range)) return undefined
  const start: unknown = node.range[0]
  return typeof start === 'number' ? start : undefined
}

function plainValue(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch (error) {
    // Thrown for aliases that unfold without end.
    throw invalid(error instanceof Error ? error.message : 'It cannot be read.')
  }
}

function invalid(detail: string): Fault {
  return new Fault('yaml.invalid', detail)
}
