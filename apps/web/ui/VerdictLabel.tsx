import type { Verdict } from '@errand/contracts'
import { StateLabel } from './StateLabel.tsx'

const STATE_OF = { verified: 'verified', unverified: 'unchecked', failed: 'checks-failed' } as const

/** Green stands for a held check and for nothing else. */
export function VerdictLabel({ verdict, boxed = false }: { verdict: Verdict; boxed?: boolean }) {
  return <StateLabel state={STATE_OF[verdict]} boxed={boxed} />
}
