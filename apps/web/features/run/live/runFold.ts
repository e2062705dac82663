import type { RunEvent } from '@errand/contracts'
import { reduce, type RunState } from '@errand/domain'
import { Timeline } from '../../timeline/rows.ts'
import { AuditFold } from './auditFold.ts'
import { NetworkFold } from './networkFold.ts'
import { PlanFold } from './planFold.ts'
import { UsageFold } from './usageFold.ts'

/** Everything that the page of a run shows, folded from its events. The events themselves are not kept. */
export class RunFold {
  state: RunState | null = null
  readonly timeline = new Timeline()
  readonly network = new NetworkFold()
  readonly usage = new UsageFold()
  readonly audit = new AuditFold()
  readonly plan = new PlanFold()

  get seq(): number {
    return this.state?.seq ?? 0
  }

  /** `known`: it was here before. `gap`: some before it are missing, and nothing was done. */
  add(event: RunEvent): 'added' | 'known' | 'gap' {
    if (event.seq <= this.seq) return 'known'
    if (event.seq !== this.seq + 1) return 'gap'
    this.state = reduce(this.state, event)
    this.timeline.add(event)
    this.network.add(event)
    this.usage.add(event)
    this.audit.add(event)
    this.plan.add(event)
    return 'added'
  }
}
