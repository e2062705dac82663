import { Fault, faultWire, type SandboxClaim, sandboxClaimSchema, type SandboxGrant } from '@errand/contracts'
import { claimSandbox, type SandboxClaimAnswer } from '@errand/engine'
import { writeJson } from '../answer.ts'
import type { Call } from '../call.ts'
import type { GatewayDeps } from '../deps.ts'
import { readSandboxBody } from './readSandboxBody.ts'

/** A sandbox asks again at once, so this is how often one that waits makes a request. */
export const CLAIM_WAIT_MS = 20_000

/** Hands a sandbox the token of its run: at once where it has one, else as soon as it gets one, or 202 after 20 s. */
export async function giveToken(call: Call, address: string, deps: GatewayDeps): Promise<void> {
  const claim = await readSandboxBody(call, sandboxClaimSchema)
  const asker = { address, name: claim.name }
  if (deps.refusals.isReached(asker)) throw new Fault('sandbox.throttled')
  const ask = { ...claim, address }
  const first = await claimSandbox(ask, deps.engine)
  const answer = first.kind === 'wait' ? await waitForRun(ask, call, deps) : first
  call.fields['answer'] = answer.kind
  switch (answer.kind) {
    case 'granted':
      deps.log.info({ op: 'sandbox.claimed', sandbox: claim.name, from: address }, 'a sandbox has its run')
      return writeJson(call.reply, { status: 200, body: grantOf(answer) })
    case 'wait':
      // Of a gateway that stops: the sandbox comes back at once, to the next one.
      if (call.signal.aborted) return writeJson(call.reply, { status: 503, body: faultWire('service.stopping') })
      return writeJson(call.reply, { status: 202, body: {} })
    case 'unknown':
      deps.refusals.count(asker)
      throw new Fault('sandbox.unknown')
    case 'taken':
      deps.refusals.count(asker)
      throw new Fault('sandbox.taken')
    case 'dismissed':
      throw new Fault('sandbox.dismissed')
  }
}

function grantOf({ token, spec, program }: Extract<SandboxClaimAnswer, { kind: 'granted' }>): SandboxGrant {
  return { token, ...(spec === undefined ? {} : { spec }), ...(program === undefined ? {} : { program }) }
}

async function waitForRun(
  claim: SandboxClaim & { readonly address: string },
  { signal }: Call,
  { sandboxWakes, engine }: GatewayDeps,
): Promise<SandboxClaimAnswer> {
  const until = performance.now() + CLAIM_WAIT_MS
  const watch = sandboxWakes.watch(claim.name)
  try {
    // Asked again after subscribing: a change in between would wake nobody.
    let answer = await claimSandbox(claim, engine)
    while (answer.kind === 'wait' && !watch.isDisplaced && performance.now() < until) {
      await watch.next(until - performance.now(), signal)
      // A token for a caller that has gone away would be lost with it.
      if (signal.aborted) return { kind: 'wait' }
      if (!watch.isDisplaced) answer = await claimSandbox(claim, engine)
    }
    return answer
  } finally {
    watch.close()
  }
}
