import { type Answer, Fault, type RunId } from '@errand/contracts'
import { type ModelUse, readEventsOfTypes, readHostUse, readLogEnd, readModelUse } from '@errand/store'
import type { Actor, EngineDeps } from '../deps.ts'

/** What a run ran on, whom it asked and reached, and what each model took. */
export interface RunFacts {
  /** Null where the run never came so far. */
  readonly executor: string | null
  readonly limits: string | null
  readonly errandVersion: string | null
  readonly claudeCodeVersion: string | null
  readonly models: readonly ModelUse[]
  readonly hosts: readonly HostFact[]
  /** What a person was asked, and what they said. */
  readonly answers: readonly AnswerFact[]
}

export interface HostFact {
  readonly host: string
  readonly port: number
  readonly isBlocked: boolean
  readonly tries: number
  readonly firstAt: string
  readonly command: string | null
}

export interface AnswerFact {
  /** The exact command, or the host. */
  readonly about: string
  /** Null: nobody answered in time, which means no. */
  readonly answer: Answer | null
  readonly by: string | null
  readonly at: string
}

const TYPES = [
  'runner.started',
  'sandbox.started',
  'agent.started',
  'question.asked',
  'host.asked',
  'mcp.asked',
  'sign-in.asked',
  'question.answered',
  'question.expired',
] as const

/** Of a run whose events are gone everything is null or empty. Fault `run.unknown`. */
export async function readRunFacts({ orgId }: Actor, runId: RunId, { db }: Pick<EngineDeps, 'db'>): Promise<RunFacts> {
  if ((await readLogEnd(db, { orgId, runId })) === undefined) throw new Fault('run.unknown')
  const [events, models, hosts] = await Promise.all([
    readEventsOfTypes(db, { orgId, runId }, TYPES),
    readModelUse(db, { orgId, runId }),
    readHostUse(db, { orgId, runId }),
  ])
  const facts: Writable = { executor: null, limits: null, errandVersion: null, claudeCodeVersion: null }
  const asked = new Map<string, string>()
  const answers: AnswerFact[] = []
  for (const { at, body } of events) {
    const about = 'id' in body ? (asked.get(body.id) ?? body.id) : ''
    switch (body.type) {
      case 'sandbox.started':
        Object.assign(facts, { executor: body.executor, limits: body.limits })
        break
      case 'runner.started':
        facts.errandVersion = body.version
        break
      case 'agent.started':
        facts.claudeCodeVersion = body.version ?? null
        break
      case 'question.asked':
        asked.set(body.id, `${body.tool} ${body.target}`.trim())
        break
      case 'mcp.asked':
        asked.set(body.id, `${body.tool} of ${body.server}`)
        break
      case 'host.asked':
        asked.set(body.id, `${body.host}:${body.port}`)
        break
      case 'sign-in.asked':
        asked.set(body.id, `a sign-in with ${body.server}`)
        break
      case 'question.answered':
        answers.push({ about, answer: body.answer, by: body.by, at: at.toISOString() })
        break
      case 'question.expired':
        answers.push({ about, answer: null, by: null, at: at.toISOString() })
        break
    }
  }
  return { ...facts, models, answers, hosts: hosts.map((one) => ({ ...one, firstAt: one.firstAt.toISOString() })) }
}

type Writable = { -readonly [K in 'executor' | 'limits' | 'errandVersion' | 'claudeCodeVersion']: string | null }
