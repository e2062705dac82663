import { Activity, CircleCheck, CircleDashed, Hand, type LucideIcon, Moon, OctagonX } from 'lucide-react'
import { isComing } from './hostedWords.ts'
import type { ListedServer } from './types.ts'

export type Health = 'healthy' | 'needs-you' | 'down' | 'asleep' | 'coming' | 'untested'

export const HEALTH: Readonly<
  Record<Health, { readonly word: string; readonly icon: LucideIcon; readonly tone: string }>
> = {
  healthy: { word: 'Healthy', icon: CircleCheck, tone: 'proof' },
  'needs-you': { word: 'Needs sign-in', icon: Hand, tone: 'flag' },
  down: { word: 'Down', icon: OctagonX, tone: 'fault' },
  asleep: { word: 'Asleep', icon: Moon, tone: '' },
  coming: { word: 'Getting ready', icon: Activity, tone: 'live' },
  untested: { word: 'Not tested', icon: CircleDashed, tone: '' },
}

/** Where it stands: from the last handshake, and where it runs here from what its process does. */
export function healthOf({ lastTest, hosted }: Pick<ListedServer, 'lastTest' | 'hosted'>): Health {
  if (hosted?.state === 'failed') return 'down'
  if (lastTest === null || (!lastTest.ok && lastTest.isOutdated)) return isComing(hosted) ? 'coming' : 'untested'
  if (lastTest.ok) return hosted?.state === 'stopped' ? 'asleep' : 'healthy'
  return lastTest.code === 'mcp.needs-sign-in' || lastTest.code === 'mcp.credential-missing' ? 'needs-you' : 'down'
}
