import { relative } from 'node:path'
import { type Json, listOf, numberOf, objectOf, textOf } from './json.ts'

const MAX_TARGET_CHARS = 300
const MAX_TEXT_CHARS = 16 * 1024

/** What a tool call is about, in one readable piece: the command, the file, the question. */
export function targetOf(tool: string, input: Json, workspace: string): string {
  const path = textOf(input['file_path']) ?? textOf(input['notebook_path']) ?? textOf(input['path'])
  const target =
    textOf(input['command']) ??
    (path === undefined ? undefined : shortPath(path, workspace)) ??
    textOf(input['pattern']) ??
    textOf(input['url']) ??
    textOf(input['query']) ??
    textOf(input['description']) ??
    textOf(input['skill']) ??
    (tool === 'StructuredOutput' ? 'the result' : firstText(input)) ??
    ''
  const line = target.trim().replaceAll(/\s*\n\s*/g, ' ⏎ ')
  return line.length > MAX_TARGET_CHARS ? `${line.slice(0, MAX_TARGET_CHARS)}…` : line
}

/** The whole input as JSON, cut with a note. */
export function inputText(input: Json): string | undefined {
  return Object.keys(input).length === 0 ? undefined : cut(JSON.stringify(input))
}

/** What a tool gave back: text as it is, everything else named. */
export function outputText(content: unknown): string {
  if (typeof content === 'string') return cut(content)
  const parts = listOf(content).map((part) => {
    const block = objectOf(part)
    return textOf(block['text']) ?? `<${textOf(block['type']) ?? 'content'}>`
  })
  return cut(parts.join('\n'))
}

/** Lines that an edit added and removed, where the tool says so. */
export function lineCounts(result: Json): { added: number; removed: number } | null {
  const hunks = listOf(result['structuredPatch']).map(objectOf)
  if (!Array.isArray(result['structuredPatch'])) return null
  if (hunks.length === 0 && textOf(result['type']) === 'create') {
    const content = textOf(result['content']) ?? ''
    return { added: content === '' ? 0 : content.replace(/\n$/, '').split('\n').length, removed: 0 }
  }
  const lines = hunks.flatMap((hunk) => listOf(hunk['lines']).map((line) => textOf(line) ?? ''))
  return {
    added: lines.filter((line) => line.startsWith('+')).length,
    removed: lines.filter((line) => line.startsWith('-')).length,
  }
}

export function cut(text: string): string {
  return cutTo(text, MAX_TEXT_CHARS)
}

export function cutTo(text: string, chars: number): string {
  if (text.length <= chars) return text
  return `${text.slice(0, chars)}\n… ${text.length - chars} more characters; the log artifact has them`
}

function shortPath(path: string, workspace: string): string {
  const below = relative(workspace, path)
  return below === '' || below.startsWith('..') ? path : below
}

function firstText(input: Json): string | undefined {
  for (const value of Object.values(input)) {
    const text = textOf(value) ?? numberOf(value)?.toString()
    if (text !== undefined && text !== '') return text
  }
  return undefined
}
