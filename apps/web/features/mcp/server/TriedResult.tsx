import { CircleCheck, OctagonX } from 'lucide-react'
import { terminalText } from '../../../ui/format/terminalText.ts'
import { latency } from '../../../ui/format/time.ts'
import type { RouterOutputs } from '../../../trpc/types.ts'

/** What came back: text as text, everything else as the JSON that it is. Nothing in it is followed or drawn. */
export function TriedResult({ tried }: { tried: RouterOutputs['mcp']['callTool'] }) {
  const { isError, result, ms } = tried
  return (
    <section className="tried" aria-label="Result" role="status">
      <p className="rowline">
        <span className={isError ? 'state fault' : 'state proof'}>
          {isError ? (
            <OctagonX className="i s" aria-hidden="true" />
          ) : (
            <CircleCheck className="i s" aria-hidden="true" />
          )}
          {isError ? 'The tool says that it failed' : 'It answered'}
        </span>{' '}
        <span className="small three">in {latency(ms)}</span>
      </p>
      {partsOf(result).map((part, index) => (
        <pre key={index} className="panel mono yaml" tabIndex={0}>
          {part}
        </pre>
      ))}
    </section>
  )
}

function partsOf(result: unknown): readonly string[] {
  if (typeof result !== 'object' || result === null || !('content' in result) || !Array.isArray(result.content))
    return [JSON.stringify(result, null, 2)]
  const parts: string[] = result.content.map((part: unknown) => partText(part))
  return 'structuredContent' in result && parts.length === 0
    ? [JSON.stringify(result.structuredContent, null, 2)]
    : parts
}

function partText(part: unknown): string {
  if (typeof part === 'object' && part !== null && 'text' in part && typeof part.text === 'string')
    return terminalText(part.text)
  return JSON.stringify(
    part,
    (_key, value: unknown) =>
      typeof value === 'string' && value.length > 2_000
        ? `${value.slice(0, 200)}… (${value.length} characters)`
        : value,
    2,
  )
}
