'use client'

import type { RunView } from '../types.ts'

export function SteerDock({ run }: { run: RunView }) {
  return run.state.notes.length === 0 ? null : <p>{run.state.notes.length}</p>
}
