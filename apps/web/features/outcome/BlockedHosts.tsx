'use client'

import { RotateCcw, ShieldBan } from 'lucide-react'
import { Button, ButtonLink } from '../../ui/Button.tsx'
import { Code } from '../../ui/Code.tsx'
import { counted } from '../../ui/format/amount.ts'
import { Slip } from '../../ui/Slip.tsx'
import { Clock } from '../../ui/Time.tsx'
import type { Run } from './outcomeOf.ts'
import { hasBranch } from './remedies.ts'
import { type RunFacts, useFacts } from './useFacts.ts'
import type { GoOn } from './useGoOn.ts'

/** Hosts that the run wanted and did not get: opened for the next one by a press, if a person means it. */
export function BlockedHosts({ run, goOn }: { run: Run; goOn: GoOn }) {
  const hosts = blockedHosts(useFacts(run).data)
  const [first] = hosts
  if (first === undefined) return null
  const patterns = hosts.map(patternOf)
  return (
    <section className="sec">
      <h2>Before you retry: {hosts.length === 1 ? 'one host was blocked' : `${hosts.length} hosts were blocked`}</h2>
      <Slip tone="ask" className="ask">
        <div className="hd">
          <h3>
            <ShieldBan className="i flag" aria-hidden="true" /> Open {hosts.length === 1 ? 'this host' : 'these hosts'}{' '}
            for the retry?
          </h3>
          <span className="due">
            {counted(
              hosts.reduce((sum, { tries }) => sum + tries, 0),
              'try',
              'tries',
            )}
            , first at <Clock at={first.firstAt} />
          </span>
        </div>
        <pre className="cmd">{hosts.map(({ host, port }) => `${host}:${port}`).join('\n')}</pre>
        {first.command === null ? null : (
          <p>
            Wanted by <Code>{first.command}</Code>. It is not among the hosts that {run.agent} may reach.
          </p>
        )}
        <p className="small three">
          Allowing {hosts.length === 1 ? 'it' : 'them'} opens reading and writing there for the sandbox. No credential
          is sent there.
        </p>
        {run.network === 'none' ? (
          <p className="small two">
            This run had no network at all; choose a wider level for the agent first.{' '}
            <ButtonLink href={`/agents/${run.agent}`}>Open agent {run.agent}</ButtonLink>
          </p>
        ) : (
          <div className="acts">
            <Button
              icon={RotateCcw}
              aria-busy={goOn.isPending}
              onClick={() => goOn.retry({ change: { hosts: patterns }, isFromBranch: hasBranch(run) })}
            >
              Allow in the retry
            </Button>
          </div>
        )}
      </Slip>
    </section>
  )
}

type Host = RunFacts['hosts'][number]

/** Without those that somebody allowed in the meantime. */
function blockedHosts(facts: RunFacts | undefined): readonly Host[] {
  const hosts = facts?.hosts ?? []
  const isSame = (a: Host, b: Host) => a.host === b.host && a.port === b.port
  return hosts.filter((one) => one.isBlocked && !hosts.some((other) => !other.isBlocked && isSame(one, other)))
}

function patternOf({ host, port }: Host): string {
  return port === 443 || port === 80 ? host : `${host}:${port}`
}
