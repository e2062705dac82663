import { CircleCheck, CircleDashed, FlaskConical, Hand, OctagonX } from 'lucide-react'
import { Ago } from '../../ui/Time.tsx'
import type { Credential } from './CredentialRow.tsx'
import { needsValue } from './kinds.ts'

/** What the last real call with a credential brought, in the gateway's words. */
export function TestState({ credential, isTesting }: { credential: Credential; isTesting: boolean }) {
  const { hasSecret, spec, lastTest } = credential
  if (isTesting)
    return (
      <span role="status">
        <span className="state live">
          <FlaskConical className="i s" aria-hidden="true" />
          Testing
        </span>
        <span className="three below">one real call by the gateway</span>
      </span>
    )
  if (!hasSecret && needsValue(spec))
    return (
      <span>
        <span className="state flag">
          <Hand className="i s" aria-hidden="true" />
          Needs its value
        </span>
        <span className="three below">nothing can use it until then</span>
      </span>
    )
  if (lastTest === null || lastTest.isOutdated)
    return (
      <span>
        <span className="state">
          <CircleDashed className="i s" aria-hidden="true" />
          Not tested
        </span>
        <span className="three below">{lastTest === null ? 'not once' : 'not since it was changed'}</span>
      </span>
    )
  const { ok, words, at } = lastTest
  return (
    <span role="status">
      <span className={ok ? 'state proof' : 'state fault'}>
        {ok ? <CircleCheck className="i s" aria-hidden="true" /> : <OctagonX className="i s" aria-hidden="true" />}
        {ok ? 'Works' : 'Did not work'}
      </span>
      <span className="three">
        {' '}
        <Ago at={at} />
      </span>
      <span className="two below wrap">{words}</span>
    </span>
  )
}
