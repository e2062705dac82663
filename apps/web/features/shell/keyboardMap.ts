import { PLACES } from './places.ts'

export interface KeyGroup {
  readonly name: string
  readonly keys: readonly (readonly [keys: readonly string[], does: string])[]
}

/** What `?` shows. */
export const KEYBOARD: readonly KeyGroup[] = [
  {
    name: 'Everywhere',
    keys: [
      [['⌘ K', 'Ctrl K'], 'Find or do anything'],
      [['?'], 'This list'],
      [['c'], 'New run'],
      [['n'], 'The next thing that needs you'],
      [['u'], 'Undo the last thing'],
      [['Esc'], 'Back out'],
      ...PLACES.map(({ key, name }) => [[`g ${key}`], `Go to ${name}`] as const),
    ],
  },
  {
    name: 'In the list of runs',
    keys: [
      [['j', 'k'], 'Move down and up'],
      [['↵'], 'Open'],
      [['x'], 'Select'],
      [['e'], 'Mark as seen, or archive'],
    ],
  },
  {
    name: 'In the composer',
    keys: [[['⌘ ↵', 'Ctrl ↵'], 'Send']],
  },
  {
    name: 'On a run',
    keys: [
      [['t', 'd', 'a'], 'Timeline, changes, artifacts'],
      [['[', ']'], 'Previous or next error, question or change'],
      [['v'], 'Mark the file as seen'],
      [['s'], 'Steering box'],
      [['r'], 'Retry'],
      [['⇧ S'], 'Stop'],
    ],
  },
]
