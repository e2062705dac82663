import type { Call } from '../call.ts'

/** Names in the wide event what was asked: the method and where to, without query, so nothing secret is in it. */
export function recordCall(call: Call): 'next' {
  call.fields['method'] = call.method
  call.fields['target'] = call.path
  return 'next'
}
