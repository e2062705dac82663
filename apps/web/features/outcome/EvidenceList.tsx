import { Check, X } from 'lucide-react'
import { Code } from '../../ui/Code.tsx'
import { duration } from '../../ui/format/time.ts'
import { terminalText } from '../../ui/format/terminalText.ts'
import type { Run } from './outcomeOf.ts'
import { testCounts } from './testCounts.ts'

/** What Errand itself checked, after the agent was gone: the command, its numbers, and the end of what it printed. */
export function EvidenceList({ evidence }: { evidence: NonNullable<Run['state']['evidence']> }) {
  const { command, exitCode, ms, output } = evidence
  const hasHeld = exitCode === 0
  const counts = testCounts(output)
  return (
    <ul className="ev-list">
      <li>
        {hasHeld ? <Check className="i proof" aria-hidden="true" /> : <X className="i fault" aria-hidden="true" />}
        <span>
          <Code>{command}</Code>
          <br />
          <span className="two">
            {counts === null ? '' : `${counts}, `}exit {exitCode}, {duration(ms)}
          </span>
        </span>
        {output.trim() === '' ? null : (
          <details className="ev-log">
            <summary className="btn bare">
              Log<span className="vh"> of {command}</span>
            </summary>
            <pre className="out" tabIndex={0} role="region" aria-label={`End of the output of ${command}`}>
              {terminalText(output).trimEnd()}
            </pre>
          </details>
        )}
      </li>
    </ul>
  )
}
