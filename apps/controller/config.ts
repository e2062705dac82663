import { Fault } from '@errand/contracts'
import { DEFAULT_UIDS } from '@errand/sandbox'

/** What the environment says to the controller. */
export interface ControllerSettings {
  /** Agents may run as plain processes where no sandbox can be had: the owner has said that he knows what that means. */
  readonly mayRunUnisolated: boolean
  /** As root each live sandbox gets a uid of its own from this range. */
  readonly uids: { readonly first: number; readonly last: number }
}

const SWITCH = 'ERRAND_ALLOW_UNISOLATED_AGENTS'
const SWITCH_VALUE = 'i-understand-that-agents-can-read-my-files'
const UIDS = 'ERRAND_SANDBOX_UIDS'

export function readControllerSettings(env: NodeJS.ProcessEnv = process.env): ControllerSettings {
  const said = env[SWITCH] ?? ''
  if (said !== '' && said !== SWITCH_VALUE)
    throw new Fault('start.config-invalid', `${SWITCH} takes ${SWITCH_VALUE} and nothing else.`)
  return { mayRunUnisolated: said === SWITCH_VALUE, uids: readUids(env[UIDS] ?? '') }
}

function readUids(text: string): ControllerSettings['uids'] {
  if (text === '') return DEFAULT_UIDS
  const [, first, last] = /^(\d{1,9})-(\d{1,9})$/.exec(text) ?? []
  const range = { first: Number(first), last: Number(last) }
  // Below 1000 are the system's own users.
  if (first === undefined || last === undefined || range.first < 1000 || range.last < range.first)
    throw new Fault('start.config-invalid', `${UIDS} takes a range of unused uids, as in 200000-209999.`)
  return range
}
