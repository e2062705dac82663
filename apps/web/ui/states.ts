import {
  Activity,
  BadgeCheck,
  BadgeX,
  CalendarClock,
  CircleDashed,
  CircleDollarSign,
  CircleStop,
  ClockAlert,
  Hand,
  Hourglass,
  KeyRound,
  type LucideIcon,
  OctagonX,
  PencilLine,
  Power,
  ScanSearch,
  ShieldBan,
  TimerOff,
} from 'lucide-react'

export type StateName =
  | 'draft'
  | 'scheduled'
  | 'queued'
  | 'starting'
  | 'running'
  | 'question'
  | 'host'
  | 'sign-in'
  | 'verifying'
  | 'verified'
  | 'unchecked'
  | 'checks-failed'
  | 'failed'
  | 'timed-out'
  | 'budget'
  | 'stopped'
  | 'expired'

interface StateEntry {
  readonly word: string
  readonly icon: LucideIcon
  /** Ink has no class of its own. */
  readonly tone: '' | 'live' | 'flag' | 'proof' | 'fault'
}

/** Colour, icon and word, always all three, and nowhere else. */
export const STATES: Readonly<Record<StateName, StateEntry>> = {
  draft: { word: 'Draft', icon: PencilLine, tone: '' },
  scheduled: { word: 'Scheduled', icon: CalendarClock, tone: '' },
  queued: { word: 'Queued', icon: Hourglass, tone: '' },
  starting: { word: 'Starting', icon: Power, tone: 'live' },
  running: { word: 'Running', icon: Activity, tone: 'live' },
  question: { word: 'Needs your answer', icon: Hand, tone: 'flag' },
  host: { word: 'Blocked host', icon: ShieldBan, tone: 'flag' },
  'sign-in': { word: 'Needs sign-in', icon: KeyRound, tone: 'flag' },
  verifying: { word: 'Verifying', icon: ScanSearch, tone: 'live' },
  verified: { word: 'Verified', icon: BadgeCheck, tone: 'proof' },
  unchecked: { word: 'Finished, not checked', icon: CircleDashed, tone: '' },
  'checks-failed': { word: 'Checks failed', icon: BadgeX, tone: 'fault' },
  failed: { word: 'Failed', icon: OctagonX, tone: 'fault' },
  'timed-out': { word: 'Timed out', icon: TimerOff, tone: 'fault' },
  budget: { word: 'Budget reached', icon: CircleDollarSign, tone: 'fault' },
  stopped: { word: 'Stopped', icon: CircleStop, tone: '' },
  expired: { word: 'Expired', icon: ClockAlert, tone: '' },
}
