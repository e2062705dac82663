import { type Fault, FAULT_HEADER, FAULTS, type FaultCode } from '@errand/contracts'
import type { Call } from '../call.ts'
import { writeJson } from '../answer.ts'

interface ModelError {
  readonly status: number
  readonly type: string
}

/** Where the Messages API has a status of its own. Claude Code does not retry a 402 or a 403. */
const MODEL_ERRORS: Partial<Record<FaultCode, ModelError>> = {
  'run.budget': { status: 402, type: 'billing_error' },
  'credential.missing': { status: 403, type: 'permission_error' },
  'token.invalid': { status: 401, type: 'authentication_error' },
  'token.dead': { status: 401, type: 'authentication_error' },
  'model.unknown-path': { status: 404, type: 'not_found_error' },
  'input.invalid': { status: 400, type: 'invalid_request_error' },
}

/**
 * Refuses a model call in the form of the Messages API, so that the agent shows our words to the person.
 * `x-should-retry: false` keeps it from trying for minutes what cannot succeed.
 */
export function refuseModelCall(call: Call, fault: Fault): void {
  const { http, retry, remedy } = FAULTS[fault.code]
  const { status, type } = MODEL_ERRORS[fault.code] ?? { status: http, type: 'api_error' }
  const message = `${fault.detail ?? FAULTS[fault.code].words} ${remedy}`
  writeJson(call.reply, {
    status,
    headers: { [FAULT_HEADER]: fault.code, ...(retry ? {} : { 'x-should-retry': 'false' }) },
    body: { type: 'error', error: { type, message }, request_id: call.id },
  })
}
